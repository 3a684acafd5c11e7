"""Cases with a lead, joint work, a deadline, a receiver and three decisions of two persons; members move them, too.

Cases of before keep what is known of them: the first party leads, and `unknown` stands where nobody was asked.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

KEEP = """
UPDATE case_file SET proposed_by_id = NULL, proposed_at = NULL WHERE state IN ('candidate', 'triage');
UPDATE case_file f SET lead_id = (SELECT institution_id FROM case_party p WHERE p.case_id = f.id ORDER BY p.id LIMIT 1)
WHERE state IN ('approved', 'reported', 'closed');
UPDATE case_file SET due_at = now() + interval '14 days' WHERE state NOT IN ('closed', 'dismissed');
UPDATE case_file SET receiver = 'unknown', report_asked_by_id = proposed_by_id, report_asked_at = proposed_at,
    reported_by_id = approved_by_id, reported_at = approved_at, reported_on = (approved_at AT TIME ZONE 'Asia/Shanghai')::date
WHERE state IN ('reported', 'closed');
UPDATE case_file SET closed_code = 'unknown' WHERE state = 'closed';
SET CONSTRAINTS ALL IMMEDIATE;
"""

# Web moves a case for a member, and reads neither who of the desk did what nor why. It cannot approve or report out: the
# columns of those decisions are not its own, and the constraints tie the states to them.
GRANTS = """
GRANT SELECT (lead_id, due_at, proposed_at, approved_at, receiver, report_asked_at, reported_at, reported_on, closed_code,
    reopen_asked_at, reopened_at, merged_into_id) ON case_file TO aif_web, aif_match;
GRANT UPDATE (state, version, changed_at, due_at, lead_id, edited_by_id) ON case_file TO aif_web;
GRANT UPDATE (due_at, lead_id, edited_by_id, receiver, report_asked_by_id, report_asked_at, reported_by_id, reported_at,
    reported_on, closed_code, reopen_asked_by_id, reopen_asked_at, reopened_by_id, reopened_at, merged_into_id)
    ON case_file TO aif_desk;
GRANT SELECT (action, institution_id, told) ON case_step TO aif_web, aif_match;
GRANT INSERT ON case_step TO aif_web;
"""

# Who leads is a party of the case.
LEADS_AS_PARTY = """
ALTER TABLE case_file ADD CONSTRAINT case_lead_is_party
    FOREIGN KEY (id, lead_id) REFERENCES case_party (case_id, institution_id);
"""


class Migration(migrations.Migration):
    """Columns, what becomes of the cases there are, constraints, grants."""

    dependencies = [
        ("clues", "0021_proceedings"),
        ("members", "0011_new_password"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="case",
            name="case_state",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_proposal_complete",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_approved_before_it_leaves",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_ends_with_a_reason",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_one_open_for_a_match",
        ),
        migrations.RemoveConstraint(
            model_name="case",
            name="case_one_open_for_a_ring",
        ),
        migrations.AddField(
            model_name="case",
            name="closed_code",
            field=models.CharField(
                blank=True, db_collation="C", default="", max_length=64, verbose_name="how it ended"
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="due_at",
            field=models.DateTimeField(null=True, verbose_name="due"),
        ),
        migrations.AddField(
            model_name="case",
            name="edited_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="last worked on by",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="lead",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.institution",
                verbose_name="lead institution",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="merged_into",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="clues.case",
                verbose_name="merged into",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="receiver",
            field=models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="reported to"),
        ),
        migrations.AddField(
            model_name="case",
            name="reopen_asked_at",
            field=models.DateTimeField(null=True, verbose_name="reopening asked at"),
        ),
        migrations.AddField(
            model_name="case",
            name="reopen_asked_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reopening asked by",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="reopened_at",
            field=models.DateTimeField(null=True, verbose_name="reopened at"),
        ),
        migrations.AddField(
            model_name="case",
            name="reopened_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reopened by",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="report_asked_at",
            field=models.DateTimeField(null=True, verbose_name="report-out asked at"),
        ),
        migrations.AddField(
            model_name="case",
            name="report_asked_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="report-out asked by",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="reported_at",
            field=models.DateTimeField(null=True, verbose_name="report-out released at"),
        ),
        migrations.AddField(
            model_name="case",
            name="reported_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="reported by",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="reported_on",
            field=models.DateField(null=True, verbose_name="reported on"),
        ),
        migrations.AddField(
            model_name="casestep",
            name="actor_ref",
            field=models.CharField(default="", max_length=32),
        ),
        migrations.AddField(
            model_name="casestep",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.institution",
            ),
        ),
        migrations.AddField(
            model_name="casestep",
            name="told",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AlterField(
            model_name="casestep",
            name="by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.OrderBy(models.F("changed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="case_by_change",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                models.F("state"),
                models.OrderBy(models.F("changed_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="case_by_state",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("due_at__isnull", False)), fields=["due_at", "id"], name="case_by_deadline"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(condition=models.Q(("lead__isnull", False)), fields=["lead", "id"], name="case_by_lead"),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("merged_into__isnull", False)), fields=["merged_into"], name="case_merged"
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "candidate",
                            "triage",
                            "lead-claimed",
                            "joint",
                            "evidence-ready",
                            "approved",
                            "reported",
                            "closed",
                            "dismissed",
                            "merged",
                        ],
                    )
                ),
                name="case_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lead__isnull", True), ("state__in", ["candidate", "triage"])),
                    models.Q(
                        ("lead__isnull", False),
                        ("state__in", ["lead-claimed", "joint", "evidence-ready", "approved", "reported", "closed"]),
                    ),
                    ("state__in", ["dismissed", "merged"]),
                    _connector="OR",
                ),
                name="case_is_led",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("due_at__isnull", True), ("state__in", ["closed", "dismissed", "merged"])),
                    models.Q(
                        models.Q(("state__in", ["closed", "dismissed", "merged"]), _negated=True),
                        ("due_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="case_is_due_until_it_rests",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    ("edited_by__isnull", True),
                    models.Q(("approved_by", models.F("edited_by")), _negated=True),
                    _connector="OR",
                ),
                name="case_approval_not_by_last_editor",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reported_by__isnull", True),
                    models.Q(("reported_by", models.F("report_asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="case_report_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reopened_by__isnull", True),
                    models.Q(("reopened_by", models.F("reopen_asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="case_reopening_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("proposed_at__isnull", True), ("proposed_by__isnull", True)),
                        models.Q(("proposed_at__isnull", False), ("proposed_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        ("proposed_by__isnull", True),
                        ("state__in", ["evidence-ready", "approved", "reported", "closed"]),
                        _connector="OR",
                    ),
                ),
                name="case_proposal_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_by__isnull", False), ("state__in", ["approved", "reported", "closed"])),
                    models.Q(
                        ("approved_by__isnull", True),
                        models.Q(("state__in", ["approved", "reported", "closed"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_approved_before_it_leaves",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("receiver", ""), ("report_asked_at__isnull", True), ("report_asked_by__isnull", True)),
                    models.Q(
                        ("report_asked_at__isnull", False),
                        ("report_asked_by__isnull", False),
                        ("state__in", ["approved", "reported", "closed"]),
                        models.Q(("receiver", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_report_asked_with_receiver",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("report_asked_by__isnull", False),
                        ("reported_at__isnull", False),
                        ("reported_by__isnull", False),
                        ("reported_on__isnull", False),
                        ("state__in", ["reported", "closed"]),
                    ),
                    models.Q(
                        ("reported_at__isnull", True),
                        ("reported_by__isnull", True),
                        ("reported_on__isnull", True),
                        models.Q(("state__in", ["reported", "closed"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_reported_with_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("reopen_asked_at__isnull", True), ("reopen_asked_by__isnull", True)),
                        models.Q(("reopen_asked_at__isnull", False), ("reopen_asked_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(("reopen_asked_by__isnull", True), ("state__in", ["reported", "closed"]), _connector="OR"),
                ),
                name="case_reopening_asked_when_closed",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("reopened_at__isnull", True), ("reopened_by__isnull", True)),
                        models.Q(("reopened_at__isnull", False), ("reopened_by__isnull", False)),
                        _connector="OR",
                    ),
                    models.Q(
                        ("reopened_by__isnull", True),
                        models.Q(("reopen_asked_by__isnull", False), ("state", "reported")),
                        _connector="OR",
                    ),
                ),
                name="case_reopened_after_asking",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("state__in", ["closed", "dismissed", "merged"]), models.Q(("closed_reason", ""), _negated=True)
                    ),
                    models.Q(
                        models.Q(("state__in", ["closed", "dismissed", "merged"]), _negated=True), ("closed_reason", "")
                    ),
                    _connector="OR",
                ),
                name="case_ends_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "closed"), models.Q(("closed_code", ""), _negated=True)),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_code", "")),
                    _connector="OR",
                ),
                name="case_closes_with_a_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("merged_into__isnull", False),
                        ("state", "merged"),
                        models.Q(("merged_into", models.F("id")), _negated=True),
                    ),
                    models.Q(models.Q(("state", "merged"), _negated=True), ("merged_into__isnull", True)),
                    _connector="OR",
                ),
                name="case_merged_into_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["closed", "dismissed", "merged"]), _negated=True),
                fields=("match",),
                name="case_one_open_for_a_match",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["closed", "dismissed", "merged"]), _negated=True),
                fields=("ring",),
                name="case_one_open_for_a_ring",
            ),
        ),
        migrations.AddConstraint(
            model_name="casestep",
            constraint=models.CheckConstraint(
                condition=models.Q(("by__isnull", False), ("institution__isnull", False), _connector="OR"),
                name="case_step_by_somebody",
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
        migrations.RunSQL(LEADS_AS_PARTY, "ALTER TABLE case_file DROP CONSTRAINT case_lead_is_party"),
    ]
