"""What each login role may do with webhooks, kept answers and, now by API, with keys."""

from django.db import migrations

GRANTS = """
GRANT SELECT, INSERT ON credential TO aif_web;
GRANT UPDATE (expires_at, revoked_at, revoked_reason) ON credential TO aif_web;
GRANT SELECT ON credential TO aif_match;
GRANT UPDATE (warned_at) ON credential TO aif_match;
GRANT UPDATE (custodian_version) ON institution TO aif_web;
GRANT DELETE ON outbox_message TO aif_match;

GRANT SELECT, INSERT, UPDATE ON stored_answer TO aif_web;
GRANT SELECT, DELETE ON stored_answer TO aif_match;

GRANT SELECT, INSERT, UPDATE ON webhook_endpoint TO aif_web;
GRANT SELECT ON webhook_endpoint TO aif_match, aif_desk;
GRANT UPDATE (failures, open_until, last_success_at, last_failure_at) ON webhook_endpoint TO aif_match;
GRANT SELECT, INSERT ON webhook_delivery TO aif_web;
GRANT UPDATE (state, not_before, give_up_at, done_at) ON webhook_delivery TO aif_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_delivery TO aif_match;
GRANT SELECT ON webhook_delivery TO aif_desk;
"""


class Migration(migrations.Migration):
    """Grants by table and column."""

    dependencies = [("members", "0004_webhooks")]

    operations = [migrations.RunSQL(GRANTS, migrations.RunSQL.noop)]
