"""Dispositions of members, their history, and the notices that a ground has fallen."""

import django.db.models.deletion
from django.db import migrations, models

# Web writes its members' own rows; history is only ever added to. The worker raises notices and calls them off, and
# answers none. The desk looks on.
GRANTS = """
GRANT SELECT, INSERT ON disposition, disposition_step TO aif_web;
GRANT UPDATE (state, done_at, seconds_to_disposal, review_date, review_told_at, reappearances, calls_flagged,
    persons_warned, amount_prevented_cny, changed_at, version) ON disposition TO aif_web;
GRANT SELECT ON lift_notice TO aif_web;
GRANT UPDATE (answer, reason, note, answered_at, answered_by_ref) ON lift_notice TO aif_web;
GRANT SELECT ON disposition, lift_notice TO aif_match;
GRANT UPDATE (review_told_at) ON disposition TO aif_match;
GRANT INSERT ON lift_notice TO aif_match;
GRANT UPDATE (ended_at) ON lift_notice TO aif_match;
GRANT SELECT ON disposition, disposition_step, lift_notice TO aif_desk;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0022_case_workflow"),
        ("members", "0011_new_password"),
    ]

    operations = [
        migrations.CreateModel(
            name="Disposition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64, verbose_name="measure")),
                ("subject", models.CharField(db_collation="C", max_length=64, verbose_name="about")),
                ("client_ref", models.CharField(default="", max_length=64)),
                ("position", models.SmallIntegerField(default=0)),
                ("type", models.CharField(db_collation="C", default="", max_length=64, verbose_name="type")),
                ("category", models.CharField(db_collation="C", max_length=64, verbose_name="category")),
                ("state", models.CharField(db_collation="C", max_length=64, verbose_name="state")),
                ("document_no", models.CharField(default="", max_length=64, verbose_name="document number")),
                ("started_at", models.DateTimeField(verbose_name="could act since")),
                ("done_at", models.DateTimeField(null=True, verbose_name="done at")),
                ("seconds_to_disposal", models.BigIntegerField(null=True, verbose_name="seconds to disposal")),
                ("review_date", models.DateField(null=True, verbose_name="review due")),
                ("review_told_at", models.DateTimeField(null=True)),
                ("reappearances", models.IntegerField(default=0, verbose_name="re-appeared, times")),
                ("calls_flagged", models.IntegerField(null=True, verbose_name="calls flagged")),
                ("persons_warned", models.IntegerField(null=True, verbose_name="persons warned")),
                (
                    "amount_prevented_cny",
                    models.DecimalField(
                        decimal_places=2, max_digits=18, null=True, verbose_name="amount prevented (CNY)"
                    ),
                ),
                ("recorded_by_ref", models.CharField(max_length=64, verbose_name="recorded by")),
                ("recorded_at", models.DateTimeField(verbose_name="recorded at")),
                ("changed_at", models.DateTimeField(verbose_name="changed at")),
                ("version", models.IntegerField(default=1)),
                (
                    "case",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.case", verbose_name="case"
                    ),
                ),
                (
                    "clue",
                    models.ForeignKey(
                        db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, to="clues.clue"
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "match",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.match", verbose_name="match"
                    ),
                ),
            ],
            options={
                "verbose_name": "disposition",
                "verbose_name_plural": "dispositions",
                "db_table": "disposition",
            },
        ),
        migrations.CreateModel(
            name="DispositionStep",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("action", models.CharField(db_collation="C", max_length=64)),
                ("from_state", models.CharField(db_collation="C", default="", max_length=64)),
                ("to_state", models.CharField(db_collation="C", max_length=64)),
                ("note", models.CharField(default="", max_length=500)),
                ("by_ref", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "disposition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="steps", to="clues.disposition"
                    ),
                ),
            ],
            options={
                "db_table": "disposition_step",
            },
        ),
        migrations.CreateModel(
            name="LiftNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cause", models.CharField(db_collation="C", max_length=64, verbose_name="cause")),
                ("raised_at", models.DateTimeField(verbose_name="raised at")),
                ("due_at", models.DateTimeField(verbose_name="answer due")),
                ("answer", models.CharField(db_collation="C", default="", max_length=64, verbose_name="answer")),
                ("reason", models.CharField(db_collation="C", default="", max_length=64, verbose_name="reason")),
                ("note", models.CharField(default="", max_length=500, verbose_name="note")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("answered_by_ref", models.CharField(default="", max_length=64, verbose_name="answered by")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ground stands again since")),
                (
                    "disposition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lifts",
                        to="clues.disposition",
                        verbose_name="disposition",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "lift notice",
                "verbose_name_plural": "lift notices",
                "db_table": "lift_notice",
            },
        ),
        migrations.AddIndex(
            model_name="disposition",
            index=models.Index(fields=["institution", "id"], name="disposition_institution"),
        ),
        migrations.AddIndex(
            model_name="disposition",
            index=models.Index(
                condition=models.Q(("state", "lifted"), _negated=True), fields=["id"], name="disposition_live"
            ),
        ),
        migrations.AddIndex(
            model_name="disposition",
            index=models.Index(
                condition=models.Q(
                    ("review_date__isnull", False),
                    ("review_told_at__isnull", True),
                    models.Q(("state", "lifted"), _negated=True),
                ),
                fields=["review_date"],
                name="disposition_review",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["requested", "done", "under-review", "confirmed", "re-appeared", "lifted"])
                ),
                name="disposition_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("case__isnull", True), ("clue__isnull", False), ("subject", "clue")),
                    models.Q(
                        ("case__isnull", True), ("clue__isnull", True), ("match__isnull", False), ("subject", "match")
                    ),
                    models.Q(
                        ("case__isnull", False), ("clue__isnull", True), ("match__isnull", True), ("subject", "case")
                    ),
                    _connector="OR",
                ),
                name="disposition_has_one_subject",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "freeze-by-authority"), _negated=True),
                    models.Q(("document_no", ""), _negated=True),
                    _connector="OR",
                ),
                name="disposition_names_the_document",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.CheckConstraint(
                condition=models.Q(("done_at__isnull", False), ("state__in", ["requested", "lifted"]), _connector="OR"),
                name="disposition_done_when",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("seconds_to_disposal__isnull", True),
                    models.Q(("done_at__isnull", False), ("seconds_to_disposal__gte", 0)),
                    _connector="OR",
                ),
                name="disposition_time_to_disposal",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("calls_flagged__isnull", True), ("calls_flagged__gte", 0), _connector="OR"),
                    models.Q(("persons_warned__isnull", True), ("persons_warned__gte", 0), _connector="OR"),
                    models.Q(("amount_prevented_cny__isnull", True), ("amount_prevented_cny__gte", 0), _connector="OR"),
                ),
                name="disposition_effects",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("subject", "match"), models.Q(("state", "lifted"), _negated=True)),
                fields=("institution", "kind", "match"),
                name="disposition_once_a_match",
            ),
        ),
        migrations.AddConstraint(
            model_name="disposition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("subject", "clue"), models.Q(("state", "lifted"), _negated=True)),
                fields=("institution", "kind", "clue", "position"),
                name="disposition_once_an_identifier",
            ),
        ),
        migrations.AddIndex(
            model_name="liftnotice",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", True), ("ended_at__isnull", True)),
                fields=["institution", "due_at"],
                name="lift_notice_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="liftnotice",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)), fields=("disposition",), name="lift_notice_once_a_fall"
            ),
        ),
        migrations.AddConstraint(
            model_name="liftnotice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", ""), ("answered_at__isnull", True), ("reason", "")),
                    models.Q(("answer", "lifted"), ("answered_at__isnull", False)),
                    models.Q(
                        ("answer", "kept"), ("answered_at__isnull", False), models.Q(("reason", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="lift_notice_answer",
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
