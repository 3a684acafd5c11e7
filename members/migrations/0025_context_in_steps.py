"""The institution of a context in plain steps: a query of its own for the key alone costs less than one that decides all."""

from importlib import import_module

from django.db import migrations

IN_STEPS = """
CREATE OR REPLACE FUNCTION aif_institution() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given text := current_setting('aif.context', true);
    inner_half bytea;
    outer_half bytea;
BEGIN
    IF given IS NULL OR given = '' THEN
        RETURN NULL;
    END IF;
    SELECT k.inner_pad, k.outer_pad INTO inner_half, outer_half FROM public.context_key k WHERE k.id = split_part(given, '.', 1);
    IF NOT FOUND OR left(right(given, 65), 1) <> '.' OR right(given, 64)
            <> encode(sha256(outer_half || sha256(inner_half || convert_to(left(given, -65), 'UTF8'))), 'hex') THEN
        RAISE EXCEPTION 'forged context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF split_part(given, '.', 2) <> pg_backend_pid()::text OR to_timestamp(split_part(given, '.', 3)::bigint) < now() THEN
        RAISE EXCEPTION 'stale context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN nullif(split_part(given, '.', 4), '')::bigint;
END $$;
"""
AT_ONCE = import_module("members.migrations.0021_context_at_once").AT_ONCE


class Migration(migrations.Migration):
    """One function."""

    dependencies = [("members", "0024_witnessing")]

    operations = [migrations.RunSQL(IN_STEPS, AT_ONCE)]
