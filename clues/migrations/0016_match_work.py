"""What an institution does about its matches: assigned, acknowledged, read. The matcher and the desk have no part in it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

GRANTS = """
GRANT SELECT, INSERT ON match_work, match_read, match_read_until TO aif_web;
GRANT UPDATE (assignee_id, assigned_at, acknowledged_by_id, acknowledged_at, version) ON match_work TO aif_web;
GRANT UPDATE (read_at) ON match_read TO aif_web;
GRANT UPDATE (until) ON match_read_until TO aif_web;
"""


def _person(**options):
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
        **options,
    )


def _match():
    return models.ForeignKey(
        db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="clues.match"
    )


def _number():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0015_people_act"),
        ("members", "0008_people_act"),
    ]

    operations = [
        migrations.CreateModel(
            name="MatchWork",
            fields=[
                ("id", _number()),
                ("assigned_at", models.DateTimeField(null=True)),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("version", models.IntegerField(default=0)),
                ("acknowledged_by", _person(null=True)),
                ("assignee", _person(null=True)),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
                    ),
                ),
                ("match", _match()),
            ],
            options={
                "db_table": "match_work",
                "constraints": [
                    models.UniqueConstraint(fields=["institution", "match"], name="match_work_once"),
                    models.CheckConstraint(
                        condition=Q(assignee__isnull=True, assigned_at__isnull=True)
                        | Q(assignee__isnull=False, assigned_at__isnull=False),
                        name="match_work_assigned",
                    ),
                    models.CheckConstraint(
                        condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                        | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                        name="match_work_acknowledged",
                    ),
                ],
                "indexes": [
                    models.Index(
                        condition=Q(assignee__isnull=False), fields=["assignee", "match"], name="match_work_assignee"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="MatchRead",
            fields=[
                ("id", _number()),
                ("read_at", models.DateTimeField()),
                ("user", _person()),
                ("match", _match()),
            ],
            options={
                "db_table": "match_read",
                "constraints": [models.UniqueConstraint(fields=["user", "match"], name="match_read_once")],
            },
        ),
        migrations.CreateModel(
            name="MatchReadUntil",
            fields=[
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("until", models.DateTimeField()),
            ],
            options={"db_table": "match_read_until"},
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
