"""What happens to a clue after it was reported: changes, disputes, noise, watches, the lawful-use matrix, the feed."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVENTS = """
CREATE SEQUENCE event_seq OWNED BY event.seq;
INSERT INTO event (institution_id, kind, subject_kind, subject_id, created_at, released_at, seq, read_at)
SELECT institution_id, kind, CASE WHEN match_id IS NULL THEN 'CASE' ELSE 'M' END, coalesce(match_id, case_id),
    created_at, released_at, CASE WHEN released_at IS NULL THEN NULL ELSE nextval('event_seq') END, read_at
FROM (SELECT * FROM notice ORDER BY released_at, id) former;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0005_open_rows"),
        ("members", "0004_webhooks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClueChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64)),
                ("reason", models.CharField(db_collation="C", default="", max_length=64)),
                ("version", models.IntegerField()),
                ("before", models.JSONField(default=dict)),
                ("identifiers", models.TextField(null=True)),
                ("actor_ref", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "clue_change",
            },
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(db_collation="C", max_length=64, verbose_name="type")),
                ("epoch", models.IntegerField()),
                ("token", models.UUIDField()),
                ("reason", models.CharField(db_collation="C", max_length=64, verbose_name="reason")),
                ("case_ref", models.CharField(default="", max_length=64, verbose_name="case reference")),
                ("key_id", models.CharField(max_length=8)),
                ("state", models.CharField(db_collation="C", default="open", max_length=64, verbose_name="state")),
                ("opened_at", models.DateTimeField(verbose_name="opened at")),
                ("applied_at", models.DateTimeField(null=True)),
                ("closed_at", models.DateTimeField(null=True, verbose_name="closed at")),
            ],
            options={
                "verbose_name": "dispute",
                "verbose_name_plural": "disputes",
                "db_table": "dispute",
            },
        ),
        migrations.CreateModel(
            name="DisputedClue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(db_collation="C", default="open", max_length=64, verbose_name="state")),
                ("due_at", models.DateTimeField(verbose_name="answer due")),
                ("answered_at", models.DateTimeField(null=True, verbose_name="answered at")),
                ("answer_reason", models.CharField(db_collation="C", default="", max_length=64, verbose_name="answer")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                (
                    "decision_reason",
                    models.CharField(default="", max_length=500, verbose_name="reason of the decision"),
                ),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "disputed clue",
                "verbose_name_plural": "disputed clues",
                "db_table": "disputed_clue",
            },
        ),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64)),
                ("subject_kind", models.CharField(db_collation="C", max_length=8)),
                ("subject_id", models.BigIntegerField()),
                ("created_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
                ("seq", models.BigIntegerField(null=True)),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "event",
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("verdict", models.CharField(db_collation="C", max_length=64)),
                ("reason", models.CharField(db_collation="C", default="", max_length=64)),
                ("given_at", models.DateTimeField()),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "feedback",
            },
        ),
        migrations.CreateModel(
            name="LawfulUseMatrix",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("rules", models.TextField(verbose_name="rules")),
                ("state", models.CharField(db_collation="C", default="proposed", max_length=64, verbose_name="state")),
                ("shipped", models.BooleanField(default=False, verbose_name="came with the product")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("signed_at", models.DateTimeField(null=True, verbose_name="signed at")),
            ],
            options={
                "verbose_name": "lawful-use matrix",
                "verbose_name_plural": "lawful-use matrices",
                "db_table": "lawful_use_matrix",
            },
        ),
        migrations.CreateModel(
            name="LawfulUseCell",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "matrix_id",
                        "purpose",
                        "type",
                        "category",
                        "grade",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "matrix",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="clues.lawfulusematrix"
                    ),
                ),
                ("purpose", models.CharField(db_collation="C", max_length=64)),
                ("type", models.CharField(db_collation="C", max_length=64)),
                ("category", models.CharField(db_collation="C", max_length=64)),
                ("grade", models.CharField(db_collation="C", max_length=2)),
            ],
            options={
                "db_table": "lawful_use_cell",
            },
        ),
        migrations.CreateModel(
            name="NoiseEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("list", models.CharField(db_collation="C", max_length=64, verbose_name="list")),
                ("mode", models.CharField(db_collation="C", max_length=64, verbose_name="mode")),
                ("type", models.CharField(db_collation="C", max_length=64, verbose_name="type")),
                ("epoch", models.IntegerField(verbose_name="epoch")),
                ("token", models.UUIDField()),
                ("state", models.CharField(db_collation="C", default="proposed", max_length=64, verbose_name="state")),
                ("proposed_by_ref", models.CharField(max_length=64, verbose_name="proposed by")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed at")),
                ("applied_at", models.DateTimeField(null=True)),
            ],
            options={
                "verbose_name": "noise entry",
                "verbose_name_plural": "noise entries",
                "db_table": "noise_entry",
            },
        ),
        migrations.CreateModel(
            name="SourceQuality",
            fields=[
                (
                    "institution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="members.institution",
                    ),
                ),
                ("confirmed", models.IntegerField(default=0)),
                ("refuted", models.IntegerField(default=0)),
                ("computed_at", models.DateTimeField()),
            ],
            options={
                "db_table": "source_quality",
            },
        ),
        migrations.CreateModel(
            name="Watch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(db_collation="C", max_length=64)),
                ("epoch", models.IntegerField()),
                ("token", models.UUIDField()),
                ("purpose", models.CharField(db_collation="C", max_length=64)),
                ("case_ref", models.CharField(default="", max_length=64)),
                ("basis", models.CharField(db_collation="C", max_length=64)),
                ("key_id", models.CharField(max_length=8)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("active_at", models.DateTimeField(null=True)),
                ("canceled_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=1)),
            ],
            options={
                "db_table": "watch",
            },
        ),
        migrations.CreateModel(
            name="WatchHit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(db_collation="C", max_length=64)),
                ("grade", models.CharField(db_collation="C", max_length=2)),
                ("created_at", models.DateTimeField()),
                ("released_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "watch_hit",
            },
        ),
        migrations.RemoveField(
            model_name="identifier",
            name="noise",
        ),
        migrations.AddField(
            model_name="batch",
            name="basis",
            field=models.CharField(db_collation="C", db_default="unspecified", max_length=64),
        ),
        migrations.AddField(
            model_name="clue",
            name="ended_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="clue",
            name="version",
            field=models.IntegerField(db_default=1),
        ),
        migrations.AddField(
            model_name="match",
            name="score",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="match",
            name="scored_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="match",
            name="terms",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="screening",
            name="matrix_id",
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddIndex(
            model_name="clue",
            index=models.Index(fields=["institution", "id"], name="clue_institution"),
        ),
        migrations.AddIndex(
            model_name="clue",
            index=django.contrib.postgres.indexes.BrinIndex(fields=["expires_at"], name="clue_expiry"),
        ),
        migrations.AddField(
            model_name="cluechange",
            name="clue",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="clues.clue"),
        ),
        migrations.AddField(
            model_name="cluechange",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="members.institution", verbose_name="opened by"
            ),
        ),
        migrations.AddField(
            model_name="dispute",
            name="match",
            field=models.ForeignKey(
                db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to="clues.match"
            ),
        ),
        migrations.AddField(
            model_name="disputedclue",
            name="clue",
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, to="clues.clue"),
        ),
        migrations.AddField(
            model_name="disputedclue",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="disputedclue",
            name="dispute",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="clues",
                to="clues.dispute",
                verbose_name="dispute",
            ),
        ),
        migrations.AddField(
            model_name="disputedclue",
            name="institution",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="members.institution", verbose_name="filer"
            ),
        ),
        migrations.AddField(
            model_name="event",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="match",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="clues.match"),
        ),
        migrations.AddField(
            model_name="lawfulusematrix",
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
        migrations.AddField(
            model_name="lawfulusematrix",
            name="signed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="signed by",
            ),
        ),
        migrations.AddField(
            model_name="noiseentry",
            name="decided_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="decided by",
            ),
        ),
        migrations.AddField(
            model_name="noiseentry",
            name="institution",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="members.institution",
                verbose_name="institution",
            ),
        ),
        migrations.AddField(
            model_name="noiseentry",
            name="proposed_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="watch",
            name="institution",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="members.institution"),
        ),
        migrations.AddField(
            model_name="watchhit",
            name="watch",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="hits", to="clues.watch"),
        ),
        migrations.AddIndex(
            model_name="cluechange",
            index=models.Index(
                condition=models.Q(("applied_at__isnull", True)), fields=["id"], name="clue_change_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(condition=models.Q(("applied_at__isnull", True)), fields=["id"], name="dispute_waiting"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "closed"])), name="dispute_state"
            ),
        ),
        migrations.AddIndex(
            model_name="disputedclue",
            index=models.Index(condition=models.Q(("state", "open")), fields=["due_at"], name="disputed_clue_due"),
        ),
        migrations.AddIndex(
            model_name="disputedclue",
            index=models.Index(
                condition=models.Q(("applied_at__isnull", True)), fields=["id"], name="disputed_clue_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="disputedclue",
            constraint=models.UniqueConstraint(fields=("dispute", "clue"), name="disputed_clue_once"),
        ),
        migrations.AddConstraint(
            model_name="disputedclue",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["open", "maintained", "withdrawn", "lapsed", "upheld", "rejected"])),
                name="disputed_clue_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputedclue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["upheld", "rejected"]), _negated=True),
                    ("decided_by__isnull", False),
                    _connector="OR",
                ),
                name="disputed_clue_decided_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["institution", "seq"], name="event_feed"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["subject_kind", "subject_id"], name="event_subject"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(condition=models.Q(("seq__isnull", True)), fields=["id"], name="event_unreleased"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)), fields=["institution", "kind"], name="event_unread"
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.UniqueConstraint(fields=("seq",), name="event_seq_once"),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("applied_at__isnull", True)), fields=["id"], name="feedback_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.UniqueConstraint(fields=("match", "institution"), name="feedback_once"),
        ),
        migrations.AddConstraint(
            model_name="lawfulusematrix",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "in-force", "superseded", "rejected"])),
                name="lawful_use_matrix_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawfulusematrix",
            constraint=models.CheckConstraint(
                condition=models.Q(("signed_by", models.F("proposed_by")), _negated=True),
                name="lawful_use_matrix_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="lawfulusematrix",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "in-force")), fields=("state",), name="lawful_use_matrix_in_force"
            ),
        ),
        migrations.AddIndex(
            model_name="noiseentry",
            index=models.Index(
                condition=models.Q(("state", "in-force")), fields=["type", "epoch", "token"], name="noise_entry_token"
            ),
        ),
        migrations.AddIndex(
            model_name="noiseentry",
            index=models.Index(
                condition=models.Q(("applied_at__isnull", True)), fields=["id"], name="noise_entry_waiting"
            ),
        ),
        migrations.AddConstraint(
            model_name="noiseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "in-force", "rejected", "removed"])),
                name="noise_entry_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="noiseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["inform", "block"])), name="noise_entry_mode"
            ),
        ),
        migrations.AddConstraint(
            model_name="noiseentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                name="noise_entry_needs_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="noiseentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "in-force"])),
                fields=("list", "type", "epoch", "token", "institution"),
                name="noise_entry_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(
                condition=models.Q(("canceled_at__isnull", True)), fields=["type", "epoch", "token"], name="watch_token"
            ),
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(
                condition=models.Q(("active_at__isnull", True), ("canceled_at__isnull", True)),
                fields=["id"],
                name="watch_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="watchhit",
            index=models.Index(
                condition=models.Q(("released_at__isnull", True)), fields=["id"], name="watch_hit_unreleased"
            ),
        ),
        migrations.RunSQL(EVENTS, migrations.RunSQL.noop),
        migrations.DeleteModel(
            name="Notice",
        ),
    ]
