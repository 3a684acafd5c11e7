"""Cases know their parties, their states and their second person; the desk may add parties, web may read them.

Web reads of a case what a party may see: state and dates, neither the people nor their reasons.
"""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

GRANTS = """
REVOKE ALL ON case_file, case_step FROM aif_web, aif_match;
GRANT SELECT (id, match_id, ring_id, state, version, opened_at, changed_at) ON case_file TO aif_web, aif_match;
GRANT SELECT (id, case_id, from_state, to_state, at) ON case_step TO aif_web, aif_match;
REVOKE UPDATE ON case_file FROM aif_desk;
GRANT UPDATE (state, version, changed_at, proposed_by_id, proposed_at, approved_by_id, approved_at, closed_reason)
    ON case_file TO aif_desk;
GRANT SELECT ON case_party TO aif_web, aif_match;
GRANT SELECT, INSERT ON case_party TO aif_desk;
"""


class Migration(migrations.Migration):
    """Parties, constraints and grants of cases."""

    dependencies = [
        ("clues", "0002_functions"),
        ("members", "0003_grants"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseParty",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("released_at", models.DateTimeField()),
            ],
            options={
                "db_table": "case_party",
            },
        ),
        migrations.AlterModelOptions(
            name="batch",
            options={"verbose_name": "batch", "verbose_name_plural": "batches"},
        ),
        migrations.AlterModelOptions(
            name="case",
            options={"verbose_name": "case", "verbose_name_plural": "cases"},
        ),
        migrations.AlterModelOptions(
            name="job",
            options={"verbose_name": "job", "verbose_name_plural": "jobs"},
        ),
        migrations.AlterModelOptions(
            name="keyepoch",
            options={"verbose_name": "key epoch", "verbose_name_plural": "key epochs"},
        ),
        migrations.AlterModelOptions(
            name="match",
            options={"verbose_name": "match", "verbose_name_plural": "matches"},
        ),
        migrations.AlterModelOptions(
            name="ring",
            options={"verbose_name": "ring", "verbose_name_plural": "rings"},
        ),
        migrations.AlterModelOptions(
            name="screening",
            options={"verbose_name": "screening", "verbose_name_plural": "screenings"},
        ),
        migrations.AddField(
            model_name="case",
            name="changed_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="changed at"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="case",
            name="proposed_at",
            field=models.DateTimeField(null=True, verbose_name="proposed at"),
        ),
        migrations.AlterField(
            model_name="case",
            name="approved_at",
            field=models.DateTimeField(null=True, verbose_name="approved at"),
        ),
        migrations.AlterField(
            model_name="case",
            name="approved_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="approved by",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="closed_reason",
            field=models.TextField(blank=True, default="", verbose_name="reason of the end"),
        ),
        migrations.AlterField(
            model_name="case",
            name="match",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.match", verbose_name="match"
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="opened_at",
            field=models.DateTimeField(verbose_name="opened at"),
        ),
        migrations.AlterField(
            model_name="case",
            name="opened_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="opened by",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="proposed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="proposed by",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="ring",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.ring", verbose_name="ring"
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="state",
            field=models.CharField(db_collation="C", max_length=64, verbose_name="state"),
        ),
        migrations.AlterField(
            model_name="case",
            name="version",
            field=models.IntegerField(default=1, verbose_name="version"),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state__in", ["candidate", "triage", "approved", "reported", "closed", "dismissed"])
                ),
                name="case_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("proposed_at__isnull", True), ("proposed_by__isnull", True)),
                    models.Q(("proposed_at__isnull", False), ("proposed_by__isnull", False)),
                    _connector="OR",
                ),
                name="case_proposal_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by__isnull", False), ("state__in", ["approved", "reported", "closed"])),
                    models.Q(("approved_by__isnull", True), ("state__in", ["candidate", "triage", "dismissed"])),
                    _connector="OR",
                ),
                name="case_approved_before_it_leaves",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["closed", "dismissed"]), models.Q(("closed_reason", ""), _negated=True)),
                    models.Q(models.Q(("state__in", ["closed", "dismissed"]), _negated=True), ("closed_reason", "")),
                    _connector="OR",
                ),
                name="case_ends_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["closed", "dismissed"]), _negated=True),
                fields=("match",),
                name="case_one_open_for_a_match",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["closed", "dismissed"]), _negated=True),
                fields=("ring",),
                name="case_one_open_for_a_ring",
            ),
        ),
        migrations.AddField(
            model_name="caseparty",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="parties", to="clues.case"
            ),
        ),
        migrations.AddField(
            model_name="caseparty",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
            ),
        ),
        migrations.AddIndex(
            model_name="caseparty",
            index=models.Index(fields=["institution", "case"], name="case_party_institution"),
        ),
        migrations.AddConstraint(
            model_name="caseparty",
            constraint=models.UniqueConstraint(fields=("case", "institution"), name="case_party_once"),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
