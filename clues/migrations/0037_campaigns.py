"""Campaigns with their units, targets and cases.

The desk works on them; units and targets are set anew as a whole, bonds to cases are never deleted but ended. Web reads; the
matcher deletes what has had its time.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

GRANTS = """
GRANT SELECT ON campaign, campaign_unit, campaign_target, campaign_case TO aif_web, aif_match;
GRANT DELETE ON campaign, campaign_unit, campaign_target, campaign_case TO aif_match;
GRANT SELECT, INSERT ON campaign, campaign_unit, campaign_target, campaign_case TO aif_desk;
GRANT UPDATE (title, about, categories, regions, starts_on, ends_on, state, started_at, released_at, over_at)
    ON campaign TO aif_desk;
GRANT DELETE ON campaign_unit, campaign_target TO aif_desk;
GRANT UPDATE (unbound_at) ON campaign_case TO aif_desk;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("clues", "0036_charges"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Campaign",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=100, verbose_name="title")),
                ("about", models.CharField(blank=True, max_length=500, verbose_name="what it is about")),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(db_collation="C", max_length=64),
                        size=None,
                        verbose_name="categories",
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(db_collation="C", max_length=5), size=None, verbose_name="regions"
                    ),
                ),
                ("starts_on", models.DateField(verbose_name="from")),
                ("ends_on", models.DateField(verbose_name="until")),
                ("state", models.CharField(db_collation="C", default="planned", max_length=64, verbose_name="state")),
                ("planned_at", models.DateTimeField(verbose_name="planned at")),
                ("started_at", models.DateTimeField(null=True, verbose_name="started at")),
                ("released_at", models.DateTimeField(null=True, verbose_name="seen from")),
                ("over_at", models.DateTimeField(null=True, verbose_name="over since")),
                (
                    "planned_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="planned by",
                    ),
                ),
            ],
            options={
                "verbose_name": "campaign",
                "verbose_name_plural": "campaigns",
                "db_table": "campaign",
            },
        ),
        migrations.CreateModel(
            name="CampaignCase",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bound_by_ref", models.CharField(max_length=32, verbose_name="bound by")),
                ("bound_at", models.DateTimeField(verbose_name="bound at")),
                ("released_at", models.DateTimeField(verbose_name="seen from")),
                ("unbound_at", models.DateTimeField(null=True, verbose_name="unbound at")),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bonds",
                        to="clues.campaign",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.case",
                        verbose_name="case",
                    ),
                ),
            ],
            options={
                "verbose_name": "case of a campaign",
                "verbose_name_plural": "cases of campaigns",
                "db_table": "campaign_case",
            },
        ),
        migrations.CreateModel(
            name="CampaignTarget",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("counter", models.CharField(db_collation="C", max_length=64, verbose_name="counter")),
                ("value", models.DecimalField(decimal_places=2, max_digits=18, verbose_name="target")),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="targets",
                        to="clues.campaign",
                    ),
                ),
            ],
            options={
                "db_table": "campaign_target",
            },
        ),
        migrations.CreateModel(
            name="CampaignUnit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("authority", models.CharField(db_collation="C", max_length=64, verbose_name="authority")),
                ("leads", models.BooleanField(default=False, verbose_name="leads")),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="units",
                        to="clues.campaign",
                    ),
                ),
            ],
            options={
                "db_table": "campaign_unit",
            },
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["planned", "running", "ended", "called-off"])), name="campaign_state"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_on__gte", models.F("starts_on"))), name="campaign_ends_after_its_start"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("released_at__isnull", False),
                        ("started_at__isnull", False),
                        ("state__in", ["running", "ended"]),
                    ),
                    models.Q(
                        ("released_at__isnull", True),
                        ("started_at__isnull", True),
                        ("state__in", ["planned", "called-off"]),
                    ),
                    _connector="OR",
                ),
                name="campaign_seen_once_started",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaign",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("over_at__isnull", False), ("state__in", ["ended", "called-off"])),
                    models.Q(("over_at__isnull", True), ("state__in", ["planned", "running"])),
                    _connector="OR",
                ),
                name="campaign_over_with_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigncase",
            constraint=models.UniqueConstraint(
                condition=models.Q(("unbound_at__isnull", True)),
                fields=("campaign", "case"),
                name="campaign_case_bound_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaigntarget",
            constraint=models.UniqueConstraint(fields=("campaign", "counter"), name="campaign_target_once"),
        ),
        migrations.AddConstraint(
            model_name="campaigntarget",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gt", 0)), name="campaign_target_is_something"
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignunit",
            constraint=models.UniqueConstraint(fields=("campaign", "authority"), name="campaign_unit_once"),
        ),
        migrations.AddConstraint(
            model_name="campaignunit",
            constraint=models.UniqueConstraint(
                condition=models.Q(("leads", True)), fields=("campaign",), name="campaign_unit_one_leads"
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
