"""Joint work on cases: pseudonyms of the parties, tasks, parts with their second person, and who is named to whom."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Parties there are get their pseudonyms drawn, so that the order tells nothing.
DRAW = """
UPDATE case_party p SET pseudonym = d.number FROM (
    SELECT id, row_number() OVER (PARTITION BY case_id ORDER BY random()) - 1 AS number FROM case_party) d
WHERE d.id = p.id
"""

# Four eyes beside the constraint: the approver is of the party's own institution, what was approved is what was looked at, and
# who began a part is not changed afterwards.
FOUR_EYES = """
CREATE FUNCTION aif_case_part_four_eyes() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.approved_by_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM public.user_account u
            WHERE u.id = NEW.approved_by_id AND u.institution_id = NEW.institution_id) THEN
        RAISE EXCEPTION 'case_part_approved_by_a_stranger' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.state = 'approved' AND (NEW.facts, NEW.amount_claimed, NEW.amount_lost, NEW.amount_prevented,
            NEW.victims, NEW.persons, NEW.from_date, NEW.until_date, NEW.clue_ids)
            IS DISTINCT FROM (OLD.facts, OLD.amount_claimed, OLD.amount_lost, OLD.amount_prevented,
            OLD.victims, OLD.persons, OLD.from_date, OLD.until_date, OLD.clue_ids) THEN
        RAISE EXCEPTION 'case_part_approved_as_written' USING ERRCODE = 'check_violation';
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.edited_at IS NOT NULL AND NEW.author_id IS DISTINCT FROM OLD.author_id THEN
        RAISE EXCEPTION 'case_part_keeps_its_author' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE ALL ON FUNCTION aif_case_part_four_eyes() FROM PUBLIC;
CREATE TRIGGER case_part_four_eyes BEFORE INSERT OR UPDATE ON case_part
    FOR EACH ROW EXECUTE FUNCTION aif_case_part_four_eyes();
"""

GRANTS = """
GRANT SELECT, INSERT ON case_task TO aif_web, aif_desk;
GRANT UPDATE (state, version, assignee_id, ended_by_id, ended_at, ended_note, ended_released_at) ON case_task TO aif_web;
GRANT UPDATE (state, version, ended_by_id, ended_at, ended_note, ended_released_at) ON case_task TO aif_desk;
GRANT SELECT, UPDATE (overdue_told_at) ON case_task TO aif_match;
GRANT SELECT, INSERT ON case_part TO aif_web;
GRANT UPDATE (state, version, facts, amount_claimed, amount_lost, amount_prevented, victims, persons, from_date, until_date,
    clue_ids, author_id, editor_id, edited_at, return_reason, approved_by_id, approved_at, released_at)
    ON case_part TO aif_web;
GRANT SELECT ON case_part TO aif_desk, aif_match;
GRANT SELECT, INSERT ON case_naming TO aif_web;
GRANT UPDATE (first_at, first_by_id, first_contact, second_at, second_by_id, second_contact, named_at)
    ON case_naming TO aif_web;
GRANT SELECT ON case_naming TO aif_desk;
GRANT SELECT ON case_unmasking TO aif_web;
GRANT SELECT, INSERT ON case_unmasking TO aif_desk;
"""


class Migration(migrations.Migration):
    """Four tables, a column, what the database refuses, grants."""

    dependencies = [
        ("clues", "0029_content"),
        ("members", "0011_new_password"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseNaming",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first_at", models.DateTimeField(null=True)),
                ("first_contact", models.CharField(default="", max_length=200)),
                ("second_at", models.DateTimeField(null=True)),
                ("second_contact", models.CharField(default="", max_length=200)),
                ("named_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "case_naming",
            },
        ),
        migrations.CreateModel(
            name="CasePart",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_collation="C", default="draft", max_length=64, verbose_name="state")),
                ("version", models.IntegerField(default=1)),
                ("facts", models.TextField(default="", verbose_name="facts")),
                (
                    "amount_claimed",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="amount claimed"),
                ),
                (
                    "amount_lost",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="amount lost"),
                ),
                (
                    "amount_prevented",
                    models.DecimalField(decimal_places=2, max_digits=20, null=True, verbose_name="amount prevented"),
                ),
                ("victims", models.IntegerField(null=True, verbose_name="victims")),
                ("persons", models.IntegerField(null=True, verbose_name="persons involved")),
                ("from_date", models.DateField(null=True, verbose_name="from")),
                ("until_date", models.DateField(null=True, verbose_name="until")),
                (
                    "clue_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("edited_at", models.DateTimeField(null=True, verbose_name="edited at")),
                ("return_reason", models.TextField(default="", verbose_name="reason of the return")),
                ("approved_at", models.DateTimeField(null=True, verbose_name="approved at")),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "part of a case",
                "verbose_name_plural": "parts of cases",
                "db_table": "case_part",
            },
        ),
        migrations.CreateModel(
            name="CaseTask",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64, verbose_name="kind")),
                ("note", models.TextField(default="", verbose_name="what is asked")),
                ("state", models.CharField(db_collation="C", default="open", max_length=64, verbose_name="state")),
                ("version", models.IntegerField(default=1)),
                ("due_at", models.DateTimeField(verbose_name="due")),
                ("given_at", models.DateTimeField(verbose_name="given at")),
                ("released_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended at")),
                ("ended_note", models.TextField(default="", verbose_name="answer")),
                ("ended_released_at", models.DateTimeField(null=True)),
                ("overdue_told_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "task of a case",
                "verbose_name_plural": "tasks of cases",
                "db_table": "case_task",
            },
        ),
        migrations.CreateModel(
            name="CaseUnmasking",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField(verbose_name="reason")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("released_at", models.DateTimeField()),
            ],
            options={
                "db_table": "case_unmasking",
            },
        ),
        migrations.AddField(
            model_name="caseparty",
            name="pseudonym",
            field=models.SmallIntegerField(default=0),
            preserve_default=False,
        ),
        migrations.RunSQL(DRAW, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="caseparty",
            constraint=models.UniqueConstraint(fields=("case", "pseudonym"), name="case_party_pseudonym"),
        ),
        migrations.AddField(
            model_name="casenaming",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="namings", to="clues.case"
            ),
        ),
        migrations.AddField(
            model_name="casenaming",
            name="first",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="casenaming",
            name="first_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="casenaming",
            name="second",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="casenaming",
            name="second_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="casepart",
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
        migrations.AddField(
            model_name="casepart",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AddField(
            model_name="casepart",
            name="case",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="parts", to="clues.case"
            ),
        ),
        migrations.AddField(
            model_name="casepart",
            name="editor",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="last editor",
            ),
        ),
        migrations.AddField(
            model_name="casepart",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.institution",
                verbose_name="institution",
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="assignee",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="assignee",
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="clues.case", verbose_name="case"
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="ended_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="ended by",
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="given_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person who gave it",
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="giver",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.institution",
                verbose_name="given by",
            ),
        ),
        migrations.AddField(
            model_name="casetask",
            name="institution",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="members.institution",
                verbose_name="asked of",
            ),
        ),
        migrations.AddField(
            model_name="caseunmasking",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="unmaskings", to="clues.case"
            ),
        ),
        migrations.AddField(
            model_name="caseunmasking",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="caseunmasking",
            name="proposed_by",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="casenaming",
            constraint=models.UniqueConstraint(fields=("case", "first", "second"), name="case_naming_once"),
        ),
        migrations.AddConstraint(
            model_name="casenaming",
            constraint=models.CheckConstraint(
                condition=models.Q(("first__lt", models.F("second"))), name="case_naming_in_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="casenaming",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("first_at__isnull", True), ("first_by__isnull", True), ("first_contact", "")),
                    models.Q(
                        models.Q(("first_at__isnull", False), ("first_by__isnull", False)),
                        models.Q(("first_contact", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_naming_first_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="casenaming",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("second_at__isnull", True), ("second_by__isnull", True), ("second_contact", "")),
                    models.Q(
                        models.Q(("second_at__isnull", False), ("second_by__isnull", False)),
                        models.Q(("second_contact", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="case_naming_second_consent",
            ),
        ),
        migrations.AddConstraint(
            model_name="casenaming",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("named_at__isnull", True),
                    models.Q(("first_at__isnull", False), ("second_at__isnull", False)),
                    _connector="OR",
                ),
                name="case_naming_by_both",
            ),
        ),
        migrations.AddIndex(
            model_name="casepart",
            index=models.Index(fields=["institution", "state"], name="case_part_institution"),
        ),
        migrations.AddConstraint(
            model_name="casepart",
            constraint=models.UniqueConstraint(fields=("case", "institution"), name="case_part_once"),
        ),
        migrations.AddConstraint(
            model_name="casepart",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["draft", "ready", "approved"])), name="case_part_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="casepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved_at__isnull", False),
                        ("approved_by__isnull", False),
                        ("released_at__isnull", False),
                        ("state", "approved"),
                    ),
                    models.Q(
                        models.Q(("state", "approved"), _negated=True),
                        ("approved_at__isnull", True),
                        ("approved_by__isnull", True),
                        ("released_at__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="case_part_approval_complete",
            ),
        ),
        migrations.AddConstraint(
            model_name="casepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by__isnull", True),
                    models.Q(
                        models.Q(
                            ("author__isnull", True),
                            models.Q(("approved_by", models.F("author")), _negated=True),
                            _connector="OR",
                        ),
                        models.Q(
                            ("editor__isnull", True),
                            models.Q(("approved_by", models.F("editor")), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="case_part_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="casepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount_claimed__isnull", True), ("amount_claimed__gte", 0), _connector="OR"),
                    models.Q(("amount_lost__isnull", True), ("amount_lost__gte", 0), _connector="OR"),
                    models.Q(("amount_prevented__isnull", True), ("amount_prevented__gte", 0), _connector="OR"),
                    models.Q(("victims__isnull", True), ("victims__gte", 0), _connector="OR"),
                    models.Q(("persons__isnull", True), ("persons__gte", 0), _connector="OR"),
                ),
                name="case_part_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="casepart",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_date__isnull", True),
                    ("until_date__isnull", True),
                    ("from_date__lte", models.F("until_date")),
                    _connector="OR",
                ),
                name="case_part_span",
            ),
        ),
        migrations.AddIndex(
            model_name="casetask",
            index=models.Index(fields=["institution", "state", "due_at"], name="case_task_to_do"),
        ),
        migrations.AddIndex(
            model_name="casetask",
            index=models.Index(
                condition=models.Q(("overdue_told_at__isnull", True), ("state", "open")),
                fields=["due_at"],
                name="case_task_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetask",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "done", "declined", "canceled"])), name="case_task_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="casetask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ended_at__isnull", True),
                        ("ended_note", ""),
                        ("ended_released_at__isnull", True),
                        ("state", "open"),
                    ),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        ("ended_at__isnull", False),
                        ("ended_released_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="case_task_ended",
            ),
        ),
        migrations.AddConstraint(
            model_name="casetask",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["declined", "canceled"]), _negated=True),
                    models.Q(("ended_note", ""), _negated=True),
                    _connector="OR",
                ),
                name="case_task_refused_with_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseunmasking",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                name="case_unmasking_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="caseunmasking",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="case_unmasking_with_a_reason"
            ),
        ),
        migrations.RunSQL(FOUR_EYES, "DROP FUNCTION aif_case_part_four_eyes() CASCADE"),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
