"""Roles of the database, before any table exists.

Roles belong to the whole server, so they are made only where they are missing,
and without passwords: whoever runs the server sets those. The migration runs as
a superuser, or as the owner of the database with CREATEROLE. Everything after
it is done, and owned, by `aif_owner`, which cannot log in.
"""

from django.db import migrations

ROLES = """
DO $$
DECLARE
    login text;
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'aif_owner') THEN
        CREATE ROLE aif_owner NOLOGIN;
    END IF;
    FOREACH login IN ARRAY ARRAY['aif_web', 'aif_match', 'aif_desk', 'aif_audit'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = login) THEN
            EXECUTE format('CREATE ROLE %I LOGIN', login);
        END IF;
    END LOOP;
    IF current_user <> 'aif_owner' THEN
        EXECUTE format('GRANT CREATE ON DATABASE %I TO aif_owner', current_database());
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            BEGIN
                EXECUTE format('GRANT aif_owner TO %I', current_user);
            EXCEPTION WHEN insufficient_privilege THEN
                NULL;  -- somebody else made the role; SET ROLE below tells whether we may use it
            END;
        END IF;
    END IF;
END $$;
"""

# django_migrations is made by Django itself just before this migration.
OWNERSHIP = """
ALTER SCHEMA public OWNER TO aif_owner;
ALTER TABLE IF EXISTS django_migrations OWNER TO aif_owner;
"""

# Not LOCAL: the migrations after this one run on the same connection.
BECOME_OWNER = "SET ROLE aif_owner;"

SCHEMA_GRANTS = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO aif_web, aif_match, aif_desk, aif_audit;
GRANT SELECT ON django_migrations TO aif_web, aif_match, aif_desk, aif_audit;
-- A function that runs with its owner's rights must be handed out one by one.
ALTER DEFAULT PRIVILEGES FOR ROLE aif_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
"""


class Migration(migrations.Migration):
    """Create the owner and the login roles, then become the owner."""

    dependencies = []
    run_before = [
        ("contenttypes", "0001_initial"),
        ("auth", "0001_initial"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(ROLES, migrations.RunSQL.noop),
        migrations.RunSQL(OWNERSHIP, migrations.RunSQL.noop),
        migrations.RunSQL(BECOME_OWNER, migrations.RunSQL.noop),
        migrations.RunSQL(SCHEMA_GRANTS, migrations.RunSQL.noop),
    ]
