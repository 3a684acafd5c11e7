"""The institution of a context in one step: every policy asks for it with every statement."""

from django.db import migrations

from members.row_security.policies import OWN, looked_up

# The same questions as `aif_context`, which answers for the person and the lookup: the signature, then backend and time.
AT_ONCE = """
CREATE OR REPLACE FUNCTION aif_institution() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given text := current_setting('aif.context', true);
    genuine boolean;
    fresh boolean;
    institution text;
BEGIN
    IF given IS NULL OR given = '' THEN
        RETURN NULL;
    END IF;
    SELECT encode(sha256(k.outer_pad || sha256(k.inner_pad || convert_to(left(given, -65), 'UTF8'))), 'hex') = right(given, 64)
            AND left(right(given, 65), 1) = '.',
        split_part(given, '.', 2) = pg_backend_pid()::text, split_part(given, '.', 4)
    INTO genuine, fresh, institution FROM public.context_key k WHERE k.id = split_part(given, '.', 1);
    IF genuine IS NOT TRUE THEN
        RAISE EXCEPTION 'forged context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT fresh OR to_timestamp(split_part(given, '.', 3)::bigint) < now() THEN
        RAISE EXCEPTION 'stale context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN nullif(institution, '')::bigint;
END $$;
"""
BY_CONTEXT = """
CREATE OR REPLACE FUNCTION aif_institution() RETURNS bigint LANGUAGE plpgsql STABLE SECURITY INVOKER AS $$
BEGIN
    RETURN public.aif_context(4)::bigint;
END $$;
ALTER FUNCTION aif_institution() RESET ALL;
"""

# Every request begins with the lookup of its key, before any institution is known: that is asked first.
LOOKUP = looked_up("credential", "key_id")
POLICY = "ALTER POLICY web ON credential USING ({0}) WITH CHECK ({0});"


class Migration(migrations.Migration):
    """One function, and one policy the other way round."""

    dependencies = [("members", "0020_log_key_succession")]

    operations = [
        migrations.RunSQL(AT_ONCE, BY_CONTEXT),
        migrations.RunSQL(POLICY.format(f"{LOOKUP} OR {OWN}"), POLICY.format(f"{OWN} OR {LOOKUP}")),
    ]
