"""What each person has read, figures that a job keeps, and indexes of what pages ask.

People mark for themselves; the figures of others never reach a page but as a sum of the alliance.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GRANTS = """
GRANT SELECT, INSERT, UPDATE ON notice_mark TO aif_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON notice_read TO aif_web;
GRANT SELECT, DELETE ON notice_read TO aif_match;
GRANT SELECT ON clue_review, match_work TO aif_match;
GRANT SELECT ON institution_figure, daily_figure, category_figure, alliance_week TO aif_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON institution_figure, daily_figure, category_figure, alliance_week TO aif_match;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0017_reviews"),
        ("members", "0010_notifications"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AllianceWeek",
            fields=[
                ("monday", models.DateField(primary_key=True, serialize=False)),
                ("clues", models.BigIntegerField()),
                ("clue_institutions", models.IntegerField()),
                ("matches", models.BigIntegerField()),
                ("match_institutions", models.IntegerField()),
            ],
            options={
                "db_table": "alliance_week",
            },
        ),
        migrations.CreateModel(
            name="CategoryFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("category", models.CharField(db_collation="C", max_length=64)),
                ("clues", models.BigIntegerField()),
            ],
            options={
                "db_table": "category_figure",
            },
        ),
        migrations.CreateModel(
            name="DailyFigure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("batches", models.BigIntegerField()),
                ("accepted", models.BigIntegerField()),
                ("duplicates", models.BigIntegerField()),
                ("refused", models.BigIntegerField()),
                ("matches", models.BigIntegerField()),
            ],
            options={
                "db_table": "daily_figure",
            },
        ),
        migrations.CreateModel(
            name="InstitutionFigure",
            fields=[
                (
                    "institution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="members.institution",
                    ),
                ),
                ("as_of", models.DateTimeField()),
                ("matched", models.BigIntegerField()),
                ("unique", models.BigIntegerField()),
                ("reviewed", models.BooleanField()),
                ("acknowledged", models.BooleanField()),
            ],
            options={
                "db_table": "institution_figure",
            },
        ),
        migrations.CreateModel(
            name="NoticeMark",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64)),
                ("seq", models.BigIntegerField()),
            ],
            options={
                "db_table": "notice_mark",
            },
        ),
        migrations.CreateModel(
            name="NoticeRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("read_at", models.DateTimeField()),
            ],
            options={
                "db_table": "notice_read",
            },
        ),
        migrations.RemoveIndex(
            model_name="event",
            name="event_unread",
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(fields=["institution", "done_at"], name="batch_done"),
        ),
        migrations.AddIndex(
            model_name="batch",
            index=models.Index(
                condition=models.Q(("state__in", ["received", "processing"])),
                fields=["institution"],
                name="batch_in_work",
            ),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["institution", "kind", "seq"], name="event_kind"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("kind", "match.undone"), ("read_at__isnull", True)),
                fields=["institution"],
                name="event_undone",
            ),
        ),
        migrations.AddField(
            model_name="categoryfigure",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="dailyfigure",
            name="institution",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="members.institution"
            ),
        ),
        migrations.AddField(
            model_name="noticemark",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="noticeread",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="clues.event",
            ),
        ),
        migrations.AddField(
            model_name="noticeread",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="categoryfigure",
            constraint=models.UniqueConstraint(fields=("institution", "category"), name="category_figure_once"),
        ),
        migrations.AddConstraint(
            model_name="dailyfigure",
            constraint=models.UniqueConstraint(fields=("institution", "day"), name="daily_figure_once"),
        ),
        migrations.AddConstraint(
            model_name="noticemark",
            constraint=models.UniqueConstraint(fields=("user", "kind"), name="notice_mark_once"),
        ),
        migrations.AddConstraint(
            model_name="noticeread",
            constraint=models.UniqueConstraint(fields=("user", "event"), name="notice_read_once"),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
