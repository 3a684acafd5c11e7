"""Official requests: documents of authorities, their officers, the members they go to, every step, and what was disclosed.

The desk registers, decides and answers; what a document says is never changed. Web writes the members' replies. Steps and
disclosures are only ever added, whoever asks.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Whatever the code does: nothing goes to members before two officers were verified by somebody.
OFFICERS = """
CREATE FUNCTION aif_official_request_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.state = 'routed' AND OLD.state <> 'routed' AND
        (SELECT count(*) FROM official_officer o WHERE o.request_id = NEW.id AND o.verified_at IS NOT NULL) < 2
    THEN
        RAISE EXCEPTION 'official_request_two_officers' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_official_request_guard() FROM PUBLIC;
CREATE TRIGGER official_request_guard BEFORE UPDATE ON official_request
    FOR EACH ROW EXECUTE FUNCTION aif_official_request_guard();
CREATE FUNCTION aif_official_party_guard() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'chosen' THEN
        RAISE EXCEPTION 'official_party_was_asked' USING ERRCODE = 'check_violation';
    END IF;
    RETURN OLD;
END $$;
REVOKE ALL ON FUNCTION aif_official_party_guard() FROM PUBLIC;
CREATE TRIGGER official_party_guard BEFORE DELETE ON official_party
    FOR EACH ROW EXECUTE FUNCTION aif_official_party_guard();
"""
APPEND_ONLY = """
CREATE FUNCTION aif_official_record_is_append_only() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'official_record_is_append_only' USING ERRCODE = 'check_violation';
END $$;
REVOKE ALL ON FUNCTION aif_official_record_is_append_only() FROM PUBLIC;
CREATE TRIGGER official_step_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON official_step
    FOR EACH STATEMENT EXECUTE FUNCTION aif_official_record_is_append_only();
CREATE TRIGGER official_disclosure_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON official_disclosure
    FOR EACH STATEMENT EXECUTE FUNCTION aif_official_record_is_append_only();
"""
FUNCTIONS = ("aif_official_request_guard", "aif_official_party_guard", "aif_official_record_is_append_only")
GRANTS = """
GRANT SELECT ON official_request, official_party, official_step, official_disclosure TO aif_web;
GRANT INSERT ON official_step TO aif_web;
GRANT UPDATE (state, over_at) ON official_party TO aif_web;
GRANT SELECT, INSERT ON official_request, official_officer, official_party, official_step, official_disclosure TO aif_desk;
GRANT UPDATE (state, proposed_by_id, proposed_at, decided_by_id, decided_at, released_at, refusal, answer, answered_by_id,
    answered_at, over_at) ON official_request TO aif_desk;
GRANT UPDATE (way, verified_by_id, verified_at) ON official_officer TO aif_desk;
GRANT UPDATE (state, due_at, over_at), DELETE ON official_party TO aif_desk;
GRANT SELECT ON official_request, official_party TO aif_match;
GRANT UPDATE (reminded_at) ON official_party TO aif_match;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0041_feeds"),
        ("members", "0015_a_raise_once"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="OfficialRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64, verbose_name="kind")),
                ("authority", models.CharField(db_collation="C", max_length=64, verbose_name="authority")),
                ("authority_kind", models.CharField(db_collation="C", max_length=64, verbose_name="kind of authority")),
                ("unit", models.CharField(max_length=200, verbose_name="unit")),
                ("document_no", models.CharField(max_length=64, verbose_name="document number")),
                ("document_date", models.DateField(verbose_name="date of the document")),
                ("received_on", models.DateField(verbose_name="received on")),
                ("basis", models.CharField(db_collation="C", max_length=64, verbose_name="legal basis")),
                (
                    "items",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(db_collation="C", max_length=64),
                        size=None,
                        verbose_name="asked for",
                    ),
                ),
                ("question", models.TextField(verbose_name="question")),
                ("subjects", models.IntegerField(default=0, verbose_name="subjects")),
                ("from_date", models.DateField(null=True, verbose_name="from")),
                ("until_date", models.DateField(null=True, verbose_name="until")),
                ("due_on", models.DateField(verbose_name="answer due on")),
                ("media_type", models.CharField(max_length=100, verbose_name="media type")),
                ("sealed_details", models.BinaryField()),
                (
                    "state",
                    models.CharField(db_collation="C", default="registered", max_length=64, verbose_name="state"),
                ),
                ("registered_at", models.DateTimeField(verbose_name="registered at")),
                ("proposed_at", models.DateTimeField(null=True, verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="approved at")),
                ("released_at", models.DateTimeField(null=True, verbose_name="seen by members from")),
                (
                    "refusal",
                    models.CharField(
                        blank=True, db_collation="C", default="", max_length=64, verbose_name="turned down because"
                    ),
                ),
                (
                    "answer",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="answered"),
                ),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("over_at", models.DateTimeField(null=True, verbose_name="over since")),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.case",
                        verbose_name="case",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="approved by",
                    ),
                ),
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.storedobject"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "registered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="registered by",
                    ),
                ),
            ],
            options={
                "verbose_name": "official request",
                "verbose_name_plural": "official requests",
                "db_table": "official_request",
            },
        ),
        migrations.CreateModel(
            name="OfficialParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_collation="C", default="chosen", max_length=64, verbose_name="state")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                ("reminded_at", models.DateTimeField(null=True)),
                ("over_at", models.DateTimeField(null=True, verbose_name="over since")),
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
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="clues.officialrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "official request at a member",
                "verbose_name_plural": "official requests at members",
                "db_table": "official_party",
            },
        ),
        migrations.CreateModel(
            name="OfficialOfficer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.SmallIntegerField(verbose_name="number")),
                ("sealed", models.BinaryField()),
                (
                    "way",
                    models.CharField(
                        blank=True, db_collation="C", default="", max_length=64, verbose_name="verified how"
                    ),
                ),
                ("verified_at", models.DateTimeField(null=True, verbose_name="verified at")),
                (
                    "verified_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="verified by",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="officers",
                        to="clues.officialrequest",
                    ),
                ),
            ],
            options={
                "db_table": "official_officer",
            },
        ),
        migrations.CreateModel(
            name="OfficialDisclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("item", models.CharField(db_collation="C", max_length=64, verbose_name="disclosed")),
                ("number", models.IntegerField(verbose_name="how many")),
                ("package_ref", models.CharField(max_length=40, verbose_name="package")),
                ("package_sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the package")),
                ("disclosed_at", models.DateTimeField(verbose_name="disclosed at")),
                ("released_at", models.DateTimeField(verbose_name="seen from")),
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
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="disclosures",
                        to="clues.officialrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "lawful disclosure",
                "verbose_name_plural": "lawful disclosures",
                "db_table": "official_disclosure",
            },
        ),
        migrations.CreateModel(
            name="OfficialStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(db_collation="C", max_length=64)),
                ("to_state", models.CharField(db_collation="C", max_length=64)),
                ("actor_ref", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("released_at", models.DateTimeField()),
                ("code", models.CharField(blank=True, db_collation="C", default="", max_length=64)),
                ("text", models.TextField(blank=True, default="")),
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
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="clues.officialrequest"
                    ),
                ),
            ],
            options={
                "db_table": "official_step",
            },
        ),
        migrations.AddIndex(
            model_name="officialrequest",
            index=models.Index(fields=["state", "due_on"], name="official_request_by_state"),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["registered", "proposed", "routed", "answered", "refused", "withdrawn"])
                ),
                name="official_request_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decided_by__isnull", True),
                    models.Q(
                        models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                        models.Q(("decided_by", models.F("registered_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="official_request_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("proposed_at__isnull", True), ("proposed_by__isnull", True)),
                        models.Q(("proposed_at__isnull", False), ("proposed_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("decided_at__isnull", True), ("decided_by__isnull", True)),
                        models.Q(("decided_at__isnull", False), ("decided_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                        models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                        _connector="OR",
                    ),
                ),
                name="official_request_who_and_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_by__isnull", False),
                        ("proposed_by__isnull", False),
                        ("released_at__isnull", False),
                        ("state__in", ["routed", "answered", "withdrawn"]),
                    ),
                    models.Q(
                        ("decided_by__isnull", True),
                        ("released_at__isnull", True),
                        ("state__in", ["registered", "proposed", "refused", "withdrawn"]),
                    ),
                    _connector="OR",
                ),
                name="official_request_approved_before_it_is_seen",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answered_by__isnull", False), ("state", "answered"), models.Q(("answer", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("state", "answered"), _negated=True), ("answer", ""), ("answered_by__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="official_request_answered_somehow",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "refused"), models.Q(("refusal", ""), _negated=True)),
                    models.Q(models.Q(("state", "refused"), _negated=True), ("refusal", "")),
                    _connector="OR",
                ),
                name="official_request_refused_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("over_at__isnull", True), ("state__in", ["registered", "proposed", "routed"])),
                    models.Q(("over_at__isnull", False), ("state__in", ["answered", "refused", "withdrawn"])),
                    _connector="OR",
                ),
                name="official_request_over_with_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("from_date__isnull", True), ("until_date__isnull", True)),
                    ("from_date__lte", models.F("until_date")),
                    _connector="OR",
                ),
                name="official_request_period",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialrequest",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["refused", "withdrawn"]), _negated=True),
                fields=("authority", "document_no"),
                name="official_request_document_once",
            ),
        ),
        migrations.AddIndex(
            model_name="officialparty",
            index=models.Index(fields=["institution", "request"], name="official_party_received"),
        ),
        migrations.AddIndex(
            model_name="officialparty",
            index=models.Index(
                condition=models.Q(("reminded_at__isnull", True), ("state__in", ["asked", "confirmed"])),
                fields=["due_at"],
                name="official_party_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialparty",
            constraint=models.UniqueConstraint(fields=("request", "institution"), name="official_party_once"),
        ),
        migrations.AddConstraint(
            model_name="officialparty",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["chosen", "asked", "confirmed", "supplied", "declined", "ended"])),
                name="official_party_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", True), ("state", "chosen")),
                    models.Q(models.Q(("state", "chosen"), _negated=True), ("due_at__isnull", False)),
                    _connector="OR",
                ),
                name="official_party_due_once_asked",
            ),
        ),
        migrations.AddConstraint(
            model_name="officialofficer",
            constraint=models.UniqueConstraint(fields=("request", "position"), name="official_officer_once"),
        ),
        migrations.AddConstraint(
            model_name="officialofficer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("verified_at__isnull", True), ("verified_by__isnull", True), ("way", "")),
                    models.Q(
                        models.Q(("way", ""), _negated=True),
                        ("verified_at__isnull", False),
                        ("verified_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="official_officer_verified_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="officialdisclosure",
            index=models.Index(fields=["institution", "request"], name="official_disclosure_of"),
        ),
        migrations.AddConstraint(
            model_name="officialdisclosure",
            constraint=models.UniqueConstraint(
                fields=("request", "institution", "item"), name="official_disclosure_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="officialdisclosure",
            constraint=models.CheckConstraint(
                condition=models.Q(("number__gte", 1)), name="official_disclosure_of_something"
            ),
        ),
        migrations.RunSQL(OFFICERS, "; ".join(f"DROP FUNCTION {name}() CASCADE" for name in FUNCTIONS[:2])),
        migrations.RunSQL(APPEND_ONLY, f"DROP FUNCTION {FUNCTIONS[2]}() CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
