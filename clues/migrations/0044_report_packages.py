"""Report packages: one table, what the database refuses, grants."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# A version is what it was made as, and goes one way only.
LIFE_OF_A_PACKAGE = """
CREATE FUNCTION aif_package_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'package_is_kept' USING ERRCODE = 'check_violation';
    END IF;
    IF (NEW.id, NEW.case_id, NEW.version, NEW.receiver, NEW.unit, NEW.asked_by_id, NEW.asked_at)
            IS DISTINCT FROM (OLD.id, OLD.case_id, OLD.version, OLD.receiver, OLD.unit, OLD.asked_by_id, OLD.asked_at)
        OR OLD.object_id IS NOT NULL AND (NEW.object_id, NEW.size, NEW.sha256, NEW.manifest_sha256, NEW.signer_sha256,
                NEW.built_at, NEW.sources)
            IS DISTINCT FROM (OLD.object_id, OLD.size, OLD.sha256, OLD.manifest_sha256, OLD.signer_sha256, OLD.built_at,
                OLD.sources)
        OR OLD.released_at IS NOT NULL AND (NEW.released_by_id, NEW.release_asked_by_id, NEW.released_at)
            IS DISTINCT FROM (OLD.released_by_id, OLD.release_asked_by_id, OLD.released_at)
        OR OLD.receipt_at IS NOT NULL AND (NEW.receipt_no, NEW.received_date, NEW.receipt_by_id, NEW.receipt_at)
            IS DISTINCT FROM (OLD.receipt_no, OLD.received_date, OLD.receipt_by_id, OLD.receipt_at)
    THEN
        RAISE EXCEPTION 'package_is_written_once' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state <> OLD.state AND NOT (OLD.state, NEW.state) IN (
        ('asked', 'building'), ('asked', 'failed'), ('building', 'built'), ('building', 'failed'),
        ('built', 'released'), ('built', 'destroyed'), ('released', 'destroyed'))
    THEN
        RAISE EXCEPTION 'package_goes_one_way' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_package_guard() FROM PUBLIC;
CREATE TRIGGER package_guard BEFORE UPDATE OR DELETE ON package FOR EACH ROW EXECUTE FUNCTION aif_package_guard();
"""
GRANTS = """
GRANT SELECT, INSERT ON package TO aif_desk;
GRANT UPDATE (state, release_asked_by_id, released_by_id, released_at, receipt_no, received_date, receipt_by_id, receipt_at)
    ON package TO aif_desk;
GRANT SELECT ON package TO aif_match;
GRANT UPDATE (state, attempts, failure, failure_about, sources, object_id, size, sha256, manifest_sha256, signer_sha256,
    built_at) ON package TO aif_match;
GRANT SELECT (id, case_id, version, state, receiver, unit, size, sha256, signer_sha256, released_at, receipt_no,
    received_date) ON package TO aif_web;
GRANT SELECT ON case_part_excuse TO aif_match;
GRANT SELECT (case_id, first_id, second_id, named_at) ON case_naming TO aif_match;
GRANT SELECT (case_id, at, released_at) ON case_unmasking TO aif_match;
"""


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("clues", "0043_feed_states"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField(verbose_name="version")),
                ("state", models.CharField(db_collation="C", default="asked", max_length=64, verbose_name="state")),
                ("receiver", models.CharField(db_collation="C", max_length=64, verbose_name="receiver")),
                ("unit", models.CharField(max_length=200, verbose_name="unit")),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("attempts", models.IntegerField(default=0)),
                (
                    "failure",
                    models.CharField(
                        blank=True, db_collation="C", default="", max_length=64, verbose_name="why it was not made"
                    ),
                ),
                ("failure_about", models.CharField(blank=True, default="", max_length=64, verbose_name="about")),
                ("sources", models.JSONField(default=dict)),
                ("size", models.BigIntegerField(null=True, verbose_name="size")),
                ("sha256", models.CharField(default="", max_length=64, verbose_name="SHA-256")),
                (
                    "manifest_sha256",
                    models.CharField(default="", max_length=64, verbose_name="SHA-256 of the manifest"),
                ),
                (
                    "signer_sha256",
                    models.CharField(default="", max_length=64, verbose_name="fingerprint of the signer"),
                ),
                ("built_at", models.DateTimeField(null=True, verbose_name="made at")),
                ("released_at", models.DateTimeField(null=True, verbose_name="released at")),
                ("receipt_no", models.CharField(default="", max_length=64, verbose_name="receipt number")),
                ("received_date", models.DateField(null=True, verbose_name="received on")),
                ("receipt_at", models.DateTimeField(null=True, verbose_name="receipt recorded at")),
                (
                    "asked_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="packages",
                        to="clues.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "object",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.storedobject",
                    ),
                ),
                (
                    "receipt_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="receipt recorded by",
                    ),
                ),
                (
                    "release_asked_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="release proposed by",
                    ),
                ),
                (
                    "released_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="released by",
                    ),
                ),
            ],
            options={
                "verbose_name": "report package",
                "verbose_name_plural": "report packages",
                "db_table": "package",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["asked", "building"])), fields=["id"], name="package_to_make"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("case", "version"), name="package_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ["asked", "building"])),
                        fields=("case",),
                        name="package_one_in_the_making",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["asked", "building", "built", "released", "failed", "destroyed"])
                        ),
                        name="package_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("object__isnull", True), ("state", "failed"), models.Q(("failure", ""), _negated=True)
                            ),
                            models.Q(("failure", ""), ("object__isnull", True), ("state__in", ["asked", "building"])),
                            models.Q(
                                ("built_at__isnull", False),
                                ("failure", ""),
                                ("object__isnull", False),
                                ("state__in", ["built", "released", "destroyed"]),
                                models.Q(("sha256", ""), _negated=True),
                                models.Q(("manifest_sha256", ""), _negated=True),
                                models.Q(("signer_sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="package_made_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("released_by__isnull", True),
                            models.Q(
                                models.Q(("released_by", models.F("asked_by")), _negated=True),
                                models.Q(("released_by", models.F("release_asked_by")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="package_release_needs_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("release_asked_by__isnull", True),
                                ("released_at__isnull", True),
                                ("released_by__isnull", True),
                                models.Q(("state", "released"), _negated=True),
                            ),
                            models.Q(
                                ("release_asked_by__isnull", False),
                                ("released_at__isnull", False),
                                ("released_by__isnull", False),
                                ("state__in", ["released", "destroyed"]),
                            ),
                            _connector="OR",
                        ),
                        name="package_released_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("receipt_at__isnull", True),
                                ("receipt_by__isnull", True),
                                ("receipt_no", ""),
                                ("received_date__isnull", True),
                            ),
                            models.Q(
                                ("receipt_at__isnull", False),
                                ("receipt_by__isnull", False),
                                ("received_date__isnull", False),
                                ("released_at__isnull", False),
                                models.Q(("receipt_no", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="package_receipt_whole",
                    ),
                ],
            },
        ),
        migrations.RunSQL(LIFE_OF_A_PACKAGE, "DROP FUNCTION aif_package_guard() CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
