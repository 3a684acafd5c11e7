"""Row-level security: the signed context, and the tables of this app."""

from django.db import migrations, models

from members.row_security.policies import ME, OF_VISIBLE_PERSON, OWN, child, expose, looked_up, protect

# HMAC (RFC 2104) over core's sha256(): the key is kept as its two padded halves, 64 bytes each.
CONTEXT = """
GRANT SELECT ON context_key TO aif_owner;

CREATE FUNCTION aif_context(field integer) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    given text := current_setting('aif.context', true);
    parts text[];
    key record;
BEGIN
    IF given IS NULL OR given = '' THEN
        RETURN NULL;
    END IF;
    parts := string_to_array(given, '.');
    SELECT inner_pad, outer_pad INTO key FROM public.context_key WHERE id = parts[1];
    IF NOT FOUND OR cardinality(parts) <> 7 OR encode(sha256(key.outer_pad || sha256(key.inner_pad
            || convert_to(array_to_string(parts[1:6], '.'), 'UTF8'))), 'hex') <> parts[7] THEN
        RAISE EXCEPTION 'forged context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF parts[2] <> pg_backend_pid()::text OR to_timestamp(parts[3]::bigint) < now() THEN
        RAISE EXCEPTION 'stale context' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN nullif(parts[field], '');
END $$;

-- In plpgsql, which keeps the plan of what it calls: every policy asks it.
CREATE FUNCTION aif_institution() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN public.aif_context(4)::bigint;
END $$;
CREATE FUNCTION aif_person() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT public.aif_context(5)::bigint';
CREATE FUNCTION aif_lookup() RETURNS text LANGUAGE sql STABLE AS 'SELECT public.aif_context(6)';
GRANT EXECUTE ON FUNCTION aif_context(integer), aif_institution(), aif_person(), aif_lookup() TO aif_web;

-- What a function with its owner's rights asks first: web acts for the institution of its context and for no other.
CREATE FUNCTION aif_acts_for(institution bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT institution IS NOT DISTINCT FROM public.aif_institution() OR NOT coalesce((
        SELECT pg_has_role(r.oid, 'aif_web', 'MEMBER') AND NOT r.rolbypassrls AND NOT r.rolsuper FROM pg_roles r
        WHERE r.rolname = CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role') END), true)
$$;
GRANT EXECUTE ON FUNCTION aif_acts_for(bigint) TO aif_web, aif_match, aif_desk, aif_audit;
"""
DROP_CONTEXT = """
DROP FUNCTION aif_acts_for(bigint);
DROP FUNCTION aif_lookup();
DROP FUNCTION aif_person();
DROP FUNCTION aif_institution();
DROP FUNCTION aif_context(integer);
"""

# The trail is only ever added to, by web for whomever it concerns; it reads back what its own institution may.
SEQUENCES = "GRANT USAGE ON SEQUENCE audit_event_id_seq TO aif_web, aif_match, aif_desk;"

# What one institution may see of the log; and what proofs are made of: hashes, which are everybody's and tell nothing.
LOG = """
CREATE OR REPLACE FUNCTION audit_entries(institution bigint, after bigint, most integer)
RETURNS TABLE (seq bigint, id bigint, at timestamptz, verb text, actor_kind text, actor_ref text, institution_id bigint,
    subject_ref text, detail jsonb, salt uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.seq, e.id, e.at, e.verb, e.actor_kind, e.actor_ref, e.institution_id, e.subject_ref, e.detail, e.salt
    FROM public.audit_leaf l JOIN public.audit_event e ON e.id = l.event_id
    WHERE l.institution_id = institution AND l.seq > after AND (SELECT public.aif_acts_for(institution)) ORDER BY l.seq LIMIT least(most, 1000)
$$;
CREATE OR REPLACE FUNCTION audit_entries_before(institution bigint, before bigint, most integer)
RETURNS TABLE (seq bigint, id bigint, at timestamptz, verb text, actor_kind text, actor_ref text, institution_id bigint,
    subject_ref text, detail jsonb, salt uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT l.seq, e.id, e.at, e.verb, e.actor_kind, e.actor_ref, e.institution_id, e.subject_ref, e.detail, e.salt
    FROM public.audit_leaf l JOIN public.audit_event e ON e.id = l.event_id
    WHERE l.institution_id = institution AND l.seq < before AND (SELECT public.aif_acts_for(institution)) ORDER BY l.seq DESC LIMIT least(most, 1000)
$$;
CREATE OR REPLACE FUNCTION audit_event_of(institution bigint, asked_verb text, subject text)
RETURNS SETOF audit_event
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT * FROM public.audit_event e
    WHERE e.subject_ref = subject AND e.verb = asked_verb AND e.institution_id = institution
        AND (SELECT public.aif_acts_for(institution)) ORDER BY e.id LIMIT 1
$$;
CREATE FUNCTION audit_size() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(max(seq) + 1, 0) FROM public.audit_leaf
$$;
CREATE FUNCTION audit_hashes(first bigint, past bigint) RETURNS SETOF bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT hash FROM public.audit_leaf WHERE seq >= first AND seq < past ORDER BY seq
$$;
GRANT EXECUTE ON FUNCTION audit_size(), audit_hashes(bigint, bigint) TO aif_web, aif_desk, aif_audit, aif_match;
"""

TABLES = {
    "user_account": (f"{OWN} OR id = {ME} OR {looked_up('username', 'username')}", f"{OWN} OR id = {ME}"),
    "credential": (f"{OWN} OR {looked_up('credential', 'key_id')}", None),
    "invitation": (f"{OWN} OR {looked_up('invitation', 'token_hash')}", None),
    "institution_agreement": (OWN, None),
    "approval": (OWN, None),
    "stored_answer": (OWN, None),
    "webhook_endpoint": (OWN, None),
    "webhook_delivery": (child("webhook_endpoint", "endpoint_id"), None),
    "outbox_message": (OWN, f"{OWN} OR institution_id IS NULL"),
    "audit_event": (OWN, "true"),
    "audit_leaf": (OWN, None),
    "audit_witness": (OWN, None),
    "mfa_authenticator": (OF_VISIBLE_PERSON, None),
    "usersessions_usersession": (OF_VISIBLE_PERSON, None),
    "notification_preference": (OF_VISIBLE_PERSON, None),
    "notification_setting": (OF_VISIBLE_PERSON, None),
    "waiting_mail": (OF_VISIBLE_PERSON, None),
    "django_session": (
        f"{looked_up('session', 'session_key')} OR "
        + child("usersessions_usersession", "django_session.session_key", "session_key"),
        None,
    ),
}
PROTECT = "".join(protect(table, using, check) for table, (using, check) in TABLES.items())
EXPOSE = "".join(expose(table) for table in reversed(TABLES))


class Migration(migrations.Migration):
    """The key's table, the functions that read a context, the policies."""

    dependencies = [
        ("members", "0018_witnesses"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContextKey",
            fields=[
                ("id", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("inner_pad", models.BinaryField()),
                ("outer_pad", models.BinaryField()),
            ],
            options={"db_table": "context_key"},
        ),
        migrations.RunSQL(CONTEXT, DROP_CONTEXT),
        migrations.RunSQL(SEQUENCES, migrations.RunSQL.noop),
        migrations.RunSQL(LOG, "DROP FUNCTION audit_hashes(bigint, bigint); DROP FUNCTION audit_size();"),
        migrations.RunSQL(PROTECT, EXPOSE),
    ]
