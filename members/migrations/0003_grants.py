"""What each login role may do with each table, down to columns where it matters.

No role may TRUNCATE anything or touch an audit event once it is written.
Django reads the number of a new row back (RETURNING id): hence SELECT (id).
"""

from django.db import migrations

GRANTS = """
GRANT SELECT ON institution, institution_group TO aif_web, aif_match, aif_desk, aif_audit;
GRANT INSERT ON institution, institution_group TO aif_desk;
GRANT UPDATE (name, sector, group_id, state, evaluate_quota, submit_quota, screen_quota,
              default_basis, admitted_at, admitted_by_id, suspended_at, suspended_by_id,
              suspended_reason, custodian_version)
    ON institution TO aif_desk;

GRANT SELECT ON user_account TO aif_web, aif_desk;
GRANT SELECT (id, institution_id, role, is_active, email) ON user_account TO aif_match;
GRANT INSERT ON user_account TO aif_desk;
GRANT UPDATE (last_login, password) ON user_account TO aif_web;
GRANT UPDATE (last_login, password, full_name, email, role, is_active) ON user_account TO aif_desk;

GRANT SELECT ON credential TO aif_web, aif_desk;
GRANT INSERT ON credential TO aif_desk;
GRANT UPDATE (last_used_at) ON credential TO aif_web;
GRANT UPDATE (expires_at, revoked_at, revoked_reason) ON credential TO aif_desk;

GRANT INSERT, SELECT (id, at) ON audit_event TO aif_web, aif_match;
GRANT INSERT, SELECT ON audit_event TO aif_desk;
GRANT SELECT ON audit_event TO aif_audit;

GRANT INSERT, SELECT (id) ON outbox_message TO aif_web;
GRANT INSERT, SELECT ON outbox_message TO aif_match, aif_desk;
GRANT UPDATE (not_before, attempts, last_error, state, done_at) ON outbox_message TO aif_match;

GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO aif_web, aif_desk;
GRANT SELECT ON django_content_type TO aif_web, aif_match, aif_desk;
GRANT SELECT ON auth_permission, django_admin_log TO aif_desk;
GRANT INSERT ON django_admin_log TO aif_desk;
"""

# The grants are the wall; this catches whoever holds the owner's rights by mistake.
APPEND_ONLY = """
CREATE FUNCTION audit_event_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are only ever added' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_is_append_only();
"""

DROP_APPEND_ONLY = """
DROP TRIGGER audit_event_append_only ON audit_event;
DROP FUNCTION audit_event_is_append_only();
"""


class Migration(migrations.Migration):
    """Grants by table and column."""

    dependencies = [
        ("members", "0002_tables"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("sessions", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, DROP_APPEND_ONLY),
    ]
