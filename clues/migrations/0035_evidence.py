"""The vault: keys of objects, wrapped; the objects; evidence of cases, uploads on their way, the chain of custody."""

import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# What is destroyed stays destroyed, and a key or object never becomes another one, whoever asks.
LIFE_OF_A_KEY = """
CREATE FUNCTION aif_data_key_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.destroyed_at IS NULL THEN
            RAISE EXCEPTION 'data_key_deleted_alive' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.destroyed_at IS NOT NULL OR (NEW.id, NEW.purpose, NEW.created_at) IS DISTINCT FROM (OLD.id, OLD.purpose, OLD.created_at)
    THEN
        RAISE EXCEPTION 'data_key_is_another_or_destroyed' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_data_key_guard() FROM PUBLIC;
CREATE TRIGGER data_key_guard BEFORE UPDATE OR DELETE ON data_key FOR EACH ROW EXECUTE FUNCTION aif_data_key_guard();
"""
LIFE_OF_AN_OBJECT = """
CREATE FUNCTION aif_stored_object_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'destroyed' THEN
            RAISE EXCEPTION 'stored_object_deleted_alive' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.state = 'destroyed' OR OLD.state = 'complete' AND NEW.state <> 'destroyed'
        OR (NEW.id, NEW.key_id, NEW.kind, NEW.bound_to, NEW.version, NEW.size, NEW.created_at)
            IS DISTINCT FROM (OLD.id, OLD.key_id, OLD.kind, OLD.bound_to, OLD.version, OLD.size, OLD.created_at)
        OR NEW.frames < OLD.frames
        OR OLD.state = 'complete' AND (NEW.frames, NEW.sha256, NEW.sm3) IS DISTINCT FROM (OLD.frames, OLD.sha256, OLD.sm3)
    THEN
        RAISE EXCEPTION 'stored_object_is_written_once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_stored_object_guard() FROM PUBLIC;
CREATE TRIGGER stored_object_guard BEFORE UPDATE OR DELETE ON stored_object
    FOR EACH ROW EXECUTE FUNCTION aif_stored_object_guard();
"""
# What a second person approved, or waits for one, is not added to; and what an item is never changes.
LIFE_OF_AN_ITEM = """
CREATE FUNCTION aif_evidence_item_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.state = 'destroyed' OR (NEW.id, NEW.case_id, NEW.institution_id, NEW.kind, NEW.object_id, NEW.media_type, NEW.size,
                NEW.sha256, NEW.sm3, NEW.collected_at, NEW.time_source, NEW.sealed_details, NEW.added_by_id, NEW.actor_ref,
                NEW.added_at)
            IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.institution_id, OLD.kind, OLD.object_id, OLD.media_type, OLD.size,
                OLD.sha256, OLD.sm3, OLD.collected_at, OLD.time_source, OLD.sealed_details, OLD.added_by_id, OLD.actor_ref,
                OLD.added_at)
        THEN
            RAISE EXCEPTION 'evidence_item_is_written_once' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.shared_with_parties = OLD.shared_with_parties THEN
            RETURN NEW;
        END IF;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM case_part p WHERE p.case_id = NEW.case_id AND p.institution_id = NEW.institution_id
                   AND p.state = 'draft') THEN
        RAISE EXCEPTION 'evidence_item_of_a_draft' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_evidence_item_guard() FROM PUBLIC;
CREATE TRIGGER evidence_item_guard BEFORE INSERT OR UPDATE ON evidence_item
    FOR EACH ROW EXECUTE FUNCTION aif_evidence_item_guard();
"""
CUSTODY = """
CREATE FUNCTION aif_custody_is_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'custody_entry_is_append_only' USING ERRCODE = 'check_violation';
END $$;
REVOKE ALL ON FUNCTION aif_custody_is_append_only() FROM PUBLIC;
CREATE TRIGGER custody_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_entry
    FOR EACH STATEMENT EXECUTE FUNCTION aif_custody_is_append_only();
"""
GRANTS = """
GRANT SELECT, INSERT ON data_key, stored_object TO aif_web, aif_desk, aif_match;
GRANT UPDATE (wrapped, destroyed_at) ON data_key TO aif_web, aif_match;
GRANT UPDATE (kid, wrapped, rewrapped_at, destroyed_at) ON data_key TO aif_desk;
GRANT UPDATE (frames, state, sha256, sm3) ON stored_object TO aif_web, aif_desk, aif_match;
GRANT SELECT, INSERT ON evidence_item, evidence_upload, custody_entry TO aif_web;
GRANT UPDATE (shared_with_parties, legal_hold, state, version, destroyed_by_id, destroyed_at) ON evidence_item TO aif_web;
GRANT UPDATE (state, item_id, changed_at) ON evidence_upload TO aif_web;
GRANT SELECT ON evidence_item TO aif_desk, aif_match;
GRANT UPDATE (legal_hold, version) ON evidence_item TO aif_desk;
GRANT UPDATE (state, version, destroyed_at) ON evidence_item TO aif_match;
GRANT SELECT, INSERT ON custody_entry TO aif_desk, aif_match;
GRANT SELECT, DELETE ON evidence_upload TO aif_match;
GRANT UPDATE (state, changed_at) ON evidence_upload TO aif_match;
GRANT DELETE ON data_key, stored_object TO aif_match;
"""


class Migration(migrations.Migration):
    """Five tables, what the database refuses, grants."""

    dependencies = [
        ("clues", "0034_requests_end"),
        ("members", "0015_a_raise_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DataKey",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("purpose", models.CharField(db_collation="C", max_length=64)),
                ("kid", models.CharField(db_collation="C", max_length=64)),
                ("wrapped", models.BinaryField()),
                ("created_at", models.DateTimeField()),
                ("rewrapped_at", models.DateTimeField(null=True)),
                ("destroyed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "data_key",
                "indexes": [
                    models.Index(
                        condition=models.Q(("destroyed_at__isnull", True)), fields=["kid", "id"], name="data_key_by_kek"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("destroyed_at__isnull", True), models.Q(("wrapped", b""), _negated=True)),
                            models.Q(("destroyed_at__isnull", False), ("wrapped", b"")),
                            _connector="OR",
                        ),
                        name="data_key_destroyed_is_empty",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EvidenceItem",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64, verbose_name="kind")),
                ("media_type", models.CharField(max_length=100, verbose_name="media type")),
                ("size", models.BigIntegerField(verbose_name="size")),
                ("sha256", models.CharField(max_length=64)),
                ("sm3", models.CharField(max_length=64)),
                ("collected_at", models.DateTimeField(verbose_name="collected at")),
                ("time_source", models.CharField(db_collation="C", max_length=64, verbose_name="source of the time")),
                ("sealed_details", models.BinaryField()),
                ("shared_with_parties", models.BooleanField(default=False, verbose_name="shared with the parties")),
                ("legal_hold", models.BooleanField(default=False, verbose_name="legal hold")),
                ("keep_until", models.DateField(null=True, verbose_name="keep until")),
                ("state", models.CharField(db_collation="C", default="stored", max_length=64, verbose_name="state")),
                ("version", models.IntegerField(default=1)),
                ("actor_ref", models.CharField(max_length=32)),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("destroyed_at", models.DateTimeField(null=True, verbose_name="destroyed at")),
                (
                    "added_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="evidence",
                        to="clues.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "destroyed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="destroyed by",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "evidence",
                "verbose_name_plural": "evidence",
                "db_table": "evidence_item",
            },
        ),
        migrations.CreateModel(
            name="StoredObject",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("kind", models.CharField(db_collation="C", max_length=64)),
                ("bound_to", models.CharField(db_collation="C", max_length=200)),
                ("version", models.IntegerField(default=1)),
                ("size", models.BigIntegerField(default=0)),
                ("frames", models.IntegerField(default=0)),
                ("sha256", models.CharField(default="", max_length=64)),
                ("sm3", models.CharField(default="", max_length=64)),
                ("state", models.CharField(db_collation="C", default="receiving", max_length=64)),
                ("created_at", models.DateTimeField()),
                (
                    "key",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.datakey"
                    ),
                ),
            ],
            options={
                "db_table": "stored_object",
            },
        ),
        migrations.CreateModel(
            name="EvidenceUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64)),
                ("media_type", models.CharField(max_length=100)),
                ("sha256", models.CharField(default="", max_length=64)),
                ("collected_at", models.DateTimeField()),
                ("time_source", models.CharField(db_collation="C", max_length=64)),
                ("sealed_details", models.BinaryField()),
                ("shared_with_parties", models.BooleanField(default=False)),
                ("keep_until", models.DateField(null=True)),
                ("state", models.CharField(db_collation="C", default="open", max_length=64)),
                ("actor_ref", models.CharField(max_length=32)),
                ("begun_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.case"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "item",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.evidenceitem",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "object",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.storedobject"
                    ),
                ),
            ],
            options={
                "db_table": "evidence_upload",
            },
        ),
        migrations.AddField(
            model_name="evidenceitem",
            name="object",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.storedobject"
            ),
        ),
        migrations.CreateModel(
            name="CustodyEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seq", models.IntegerField()),
                ("action", models.CharField(db_collation="C", max_length=64)),
                ("at", models.DateTimeField()),
                ("actor_ref", models.CharField(max_length=32)),
                ("note", models.TextField(default="")),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64)),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "item",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="custody",
                        to="clues.evidenceitem",
                    ),
                ),
            ],
            options={
                "db_table": "custody_entry",
                "constraints": [models.UniqueConstraint(fields=("item", "seq"), name="custody_entry_once")],
            },
        ),
        migrations.AddConstraint(
            model_name="storedobject",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["evidence", "package", "document", "statement"])),
                name="stored_object_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["receiving", "destroyed"]),
                    models.Q(
                        ("frames__gte", 1),
                        ("state", "complete"),
                        models.Q(("sha256", ""), _negated=True),
                        models.Q(("sm3", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="stored_object_complete_with_digests",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedobject",
            constraint=models.CheckConstraint(
                condition=models.Q(("frames__gte", 0), ("size__gte", 0), ("version__gte", 1)),
                name="stored_object_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="storedobject",
            constraint=models.UniqueConstraint(
                condition=models.Q(("kind", "evidence"), _negated=True),
                fields=("kind", "bound_to", "version"),
                name="stored_object_version_once",
            ),
        ),
        migrations.AddIndex(
            model_name="evidenceupload",
            index=models.Index(
                condition=models.Q(("state", "open")), fields=["institution", "case"], name="evidence_upload_open"
            ),
        ),
        migrations.AddIndex(
            model_name="evidenceupload",
            index=models.Index(fields=["changed_at"], name="evidence_upload_by_change"),
        ),
        migrations.AddConstraint(
            model_name="evidenceupload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("item__isnull", False), ("state", "finished")),
                    models.Q(("item__isnull", True), ("state__in", ["open", "canceled", "refused", "expired"])),
                    _connector="OR",
                ),
                name="evidence_upload_state",
            ),
        ),
        migrations.AddIndex(
            model_name="evidenceitem",
            index=models.Index(fields=["institution", "case"], name="evidence_item_party"),
        ),
        migrations.AddConstraint(
            model_name="evidenceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("destroyed_at__isnull", True), ("destroyed_by__isnull", True), ("state", "stored")),
                    models.Q(("destroyed_at__isnull", False), ("state", "destroyed")),
                    _connector="OR",
                ),
                name="evidence_item_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "stored"), ("legal_hold", False), _connector="OR"),
                name="evidence_item_held_is_kept",
            ),
        ),
        migrations.AddConstraint(
            model_name="evidenceitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("destroyed_by__isnull", True),
                    ("added_by__isnull", True),
                    models.Q(("destroyed_by", models.F("added_by")), _negated=True),
                    _connector="OR",
                ),
                name="evidence_item_destroyed_by_second_person",
            ),
        ),
        migrations.RunSQL(LIFE_OF_A_KEY, "DROP FUNCTION aif_data_key_guard() CASCADE"),
        migrations.RunSQL(LIFE_OF_AN_OBJECT, "DROP FUNCTION aif_stored_object_guard() CASCADE"),
        migrations.RunSQL(LIFE_OF_AN_ITEM, "DROP FUNCTION aif_evidence_item_guard() CASCADE"),
        migrations.RunSQL(CUSTODY, "DROP FUNCTION aif_custody_is_append_only() CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
