"""A key is only ever taken back: whatever role writes, it is never revived, prolonged or made to be another."""

from django.db import migrations

ONLY_SHRINKS = """
CREATE FUNCTION credential_only_shrinks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.revoked_at IS NOT NULL
       AND (NEW.revoked_at, NEW.revoked_reason) IS DISTINCT FROM (OLD.revoked_at, OLD.revoked_reason) THEN
        RAISE EXCEPTION 'a revoked key stays revoked' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.expires_at > OLD.expires_at THEN
        RAISE EXCEPTION 'the life of a key only becomes shorter' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF (NEW.institution_id, NEW.key_id, NEW.verifier, NEW.custodian_verifier, NEW.scopes, NEW.cidrs, NEW.not_before)
       IS DISTINCT FROM
       (OLD.institution_id, OLD.key_id, OLD.verifier, OLD.custodian_verifier, OLD.scopes, OLD.cidrs, OLD.not_before) THEN
        RAISE EXCEPTION 'a key stays what it is; register another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER credential_only_shrinks BEFORE UPDATE ON credential
    FOR EACH ROW EXECUTE FUNCTION credential_only_shrinks();
"""

DROP = """
DROP TRIGGER credential_only_shrinks ON credential;
DROP FUNCTION credential_only_shrinks();
"""


class Migration(migrations.Migration):
    """A trigger, beneath all grants."""

    dependencies = [("members", "0005_grants")]

    operations = [migrations.RunSQL(ONLY_SHRINKS, DROP)]
