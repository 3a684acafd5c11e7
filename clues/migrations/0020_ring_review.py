"""Review of rings before promotion: rows beside the ring, which the builder alone writes."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Who proposed stays who proposed: the desk cannot write that column again.
GRANTS = """
GRANT SELECT, INSERT ON ring_review TO aif_desk;
GRANT UPDATE (state, decided_by_id, decided_at, reason, clues, identifiers, groups) ON ring_review TO aif_desk;
"""


class Migration(migrations.Migration):
    """One table."""

    dependencies = [
        ("clues", "0019_assigned_and_open"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RingReview",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("no", models.SmallIntegerField()),
                ("state", models.CharField(db_collation="C", default="proposed", max_length=64, verbose_name="review")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="note")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                ("clues", models.IntegerField(default=0)),
                ("identifiers", models.IntegerField(default=0)),
                ("groups", models.IntegerField(default=0)),
                (
                    "decided_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="decided by",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="proposed by",
                    ),
                ),
                (
                    "ring",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="clues.ring",
                    ),
                ),
            ],
            options={
                "verbose_name": "review of a ring",
                "verbose_name_plural": "reviews of rings",
                "db_table": "ring_review",
                "constraints": [
                    models.UniqueConstraint(fields=("ring", "no"), name="ring_review_once"),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "confirmed", "returned", "set-aside"])),
                        name="ring_review_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at__isnull", True), ("decided_by__isnull", True), ("state", "proposed")),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="ring_review_decided",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["confirmed", "returned"]), _negated=True),
                            models.Q(("decided_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="ring_review_needs_second_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["returned", "set-aside"]), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="ring_review_says_why",
                    ),
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
