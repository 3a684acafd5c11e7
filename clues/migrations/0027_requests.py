"""Requests between institutions, and who may do what with them.

The desk reads that there is a request, of which kind, between whom and by what clock. Its words it reads by a function
alone, which gives nothing before the clock ran out; and that it did so only the worker can write.
"""

import django.db.models.deletion
from django.db import migrations, models

WORDS = """
CREATE FUNCTION aif_request_words(p_party bigint)
RETURNS TABLE (action text, side text, code text, basis text, words text, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.action::text,
        CASE WHEN s.institution_id = r.sender_id THEN 'sender' WHEN s.institution_id IS NOT NULL THEN 'receiver'
            WHEN s.action = 'escalate' THEN 'clock' ELSE 'alliance' END,
        s.code::text, s.basis::text, s.text, s.at
    FROM public.request_party p JOIN public.member_request r ON r.id = p.request_id
    JOIN public.request_step s ON s.request_id = p.request_id AND (s.party_id IS NULL OR s.party_id = p.id)
    WHERE p.id = p_party AND p.escalated_at IS NOT NULL
    ORDER BY s.id
$$;
REVOKE ALL ON FUNCTION aif_request_words(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION aif_request_words(bigint) TO aif_desk;
"""
GRANTS = """
GRANT SELECT, INSERT ON member_request, request_party, request_identifier, request_step TO aif_web;
GRANT UPDATE (state, due_at, taken_up_at, over_at) ON request_party TO aif_web;
GRANT SELECT ON member_request, request_party TO aif_match, aif_desk;
GRANT UPDATE (state, escalated_at) ON request_party TO aif_match;
GRANT UPDATE (state, over_at) ON request_party TO aif_desk;
GRANT SELECT (id, request_id, party_id, action, to_state, institution_id, actor_ref, at, released_at) ON request_step
    TO aif_match, aif_desk;
GRANT INSERT ON request_step TO aif_match, aif_desk;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0026_outcome_figures"),
        ("members", "0011_new_password"),
    ]

    operations = [
        migrations.CreateModel(
            name="MemberRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64, verbose_name="kind")),
                (
                    "clock",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="clock"),
                ),
                ("via", models.CharField(db_collation="C", max_length=64, verbose_name="addressed by")),
                ("actor_ref", models.CharField(max_length=32)),
                (
                    "purpose",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="purpose"),
                ),
                ("basis", models.CharField(db_collation="C", max_length=64, verbose_name="legal basis")),
                (
                    "category",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="category"),
                ),
                (
                    "complaint_ref",
                    models.CharField(blank=True, default="", max_length=64, verbose_name="reference of the complaint"),
                ),
                ("complaint_received_on", models.DateField(null=True, verbose_name="complaint received on")),
                (
                    "consumer_contacted",
                    models.CharField(
                        blank=True, db_collation="C", default="", max_length=64, verbose_name="consumer contacted"
                    ),
                ),
                (
                    "handling",
                    models.CharField(
                        blank=True, db_collation="C", default="", max_length=64, verbose_name="desired handling"
                    ),
                ),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("released_at", models.DateTimeField(verbose_name="seen from")),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.case", verbose_name="case"
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.match", verbose_name="match"
                    ),
                ),
                (
                    "previous",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.memberrequest",
                    ),
                ),
                (
                    "sender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="sender",
                    ),
                ),
                (
                    "thread",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rounds",
                        to="clues.memberrequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "request",
                "verbose_name_plural": "requests",
                "db_table": "member_request",
            },
        ),
        migrations.CreateModel(
            name="RequestIdentifier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.SmallIntegerField()),
                ("type", models.CharField(db_collation="C", max_length=64)),
                ("epoch", models.IntegerField()),
                ("token", models.UUIDField()),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="identifiers",
                        to="clues.memberrequest",
                    ),
                ),
            ],
            options={
                "db_table": "request_identifier",
            },
        ),
        migrations.CreateModel(
            name="RequestParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_collation="C", default="sent", max_length=64, verbose_name="state")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                ("taken_up_at", models.DateTimeField(null=True, verbose_name="taken up at")),
                ("escalated_at", models.DateTimeField(null=True, verbose_name="escalated at")),
                ("over_at", models.DateTimeField(null=True, verbose_name="over since")),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="receiver",
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="parties",
                        to="clues.memberrequest",
                        verbose_name="request",
                    ),
                ),
            ],
            options={
                "verbose_name": "request at a receiver",
                "verbose_name_plural": "requests at receivers",
                "db_table": "request_party",
            },
        ),
        migrations.CreateModel(
            name="RequestStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(db_collation="C", max_length=64)),
                ("to_state", models.CharField(db_collation="C", max_length=64)),
                ("actor_ref", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("released_at", models.DateTimeField()),
                ("code", models.CharField(blank=True, db_collation="C", default="", max_length=64)),
                ("basis", models.CharField(blank=True, db_collation="C", default="", max_length=64)),
                ("text", models.TextField(blank=True, default="")),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
                    ),
                ),
                (
                    "party",
                    models.ForeignKey(
                        db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.requestparty"
                    ),
                ),
                (
                    "request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="clues.memberrequest"
                    ),
                ),
            ],
            options={
                "db_table": "request_step",
            },
        ),
        migrations.AddIndex(
            model_name="memberrequest",
            index=models.Index(fields=["sender", "id"], name="member_request_sent"),
        ),
        migrations.AddConstraint(
            model_name="memberrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", False), ("match__isnull", True), ("via", "case")),
                    models.Q(("case__isnull", True), ("match__isnull", False), ("via", "match")),
                    models.Q(("case__isnull", True), ("match__isnull", True), ("via", "institution")),
                    _connector="OR",
                ),
                name="member_request_addressed_one_way",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("previous__isnull", True), ("thread__isnull", True)),
                    models.Q(("previous__isnull", False), ("thread__isnull", False)),
                    _connector="OR",
                ),
                name="member_request_thread_with_previous",
            ),
        ),
        migrations.AddConstraint(
            model_name="memberrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "complaint-referral"), _negated=True),
                    models.Q(
                        models.Q(("category", ""), _negated=True),
                        models.Q(("complaint_ref", ""), _negated=True),
                        ("complaint_received_on__isnull", False),
                        models.Q(("handling", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="member_request_complaint_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestidentifier",
            constraint=models.UniqueConstraint(fields=("request", "position"), name="request_identifier_once"),
        ),
        migrations.AddIndex(
            model_name="requestparty",
            index=models.Index(fields=["institution", "request"], name="request_party_received"),
        ),
        migrations.AddIndex(
            model_name="requestparty",
            index=models.Index(
                condition=models.Q(
                    ("due_at__isnull", False), ("escalated_at__isnull", True), ("state__in", ["sent", "taken-up"])
                ),
                fields=["due_at"],
                name="request_party_due",
            ),
        ),
        migrations.AddIndex(
            model_name="requestparty",
            index=models.Index(
                condition=models.Q(("escalated_at__isnull", False)),
                fields=["escalated_at"],
                name="request_party_escalated",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestparty",
            constraint=models.UniqueConstraint(fields=("request", "institution"), name="request_party_once"),
        ),
        migrations.AddConstraint(
            model_name="requestparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["sent", "taken-up", "escalated", "answered", "closed", "declined", "withdrawn"])
                ),
                name="request_party_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "escalated"), _negated=True),
                    models.Q(("escalated_at__gte", models.F("due_at")), ("escalated_at__isnull", False)),
                    _connector="OR",
                ),
                name="request_party_escalated_when_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="requestparty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("over_at__isnull", True), ("state__in", ["sent", "taken-up", "escalated"])),
                    models.Q(
                        models.Q(("state__in", ["sent", "taken-up", "escalated"]), _negated=True),
                        ("over_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="request_party_over_with_date",
            ),
        ),
        migrations.RunSQL(WORDS, migrations.RunSQL.noop),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
