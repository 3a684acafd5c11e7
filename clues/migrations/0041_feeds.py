"""Disposition feeds: members give values in clear, the desk decides, receivers say what they did."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# Web gives and takes back, and says what was done; everything else is the desk's. What receivers said is only added to.
GRANTS = """
GRANT SELECT, INSERT ON feed_entry TO aif_web, aif_desk;
GRANT UPDATE (state, reason, withdrawn_at) ON feed_entry TO aif_web;
GRANT UPDATE (state, reason, decided_by_ref, decided_at, released_at, until, withdrawn_at) ON feed_entry TO aif_desk;
GRANT SELECT, INSERT ON feed_acknowledgment TO aif_web;
GRANT SELECT ON feed_acknowledgment TO aif_desk;
GRANT SELECT ON feed_receiver TO aif_web;
GRANT SELECT, INSERT ON feed_receiver TO aif_desk;
GRANT UPDATE (platforms, types, proposed_by_id, proposed_at, opened_by_id, opened_at) ON feed_receiver TO aif_desk;
GRANT SELECT, DELETE ON feed_entry, feed_acknowledgment TO aif_match;
"""


class Migration(migrations.Migration):
    """Three tables, grants."""

    dependencies = [
        ("clues", "0040_statements"),
        ("members", "0016_transparency_log"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FeedEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("type", models.CharField(db_collation="C", max_length=64, verbose_name="type")),
                ("value", models.CharField(db_collation="C", max_length=2000, verbose_name="value")),
                (
                    "platform",
                    models.CharField(blank=True, db_collation="C", default="", max_length=64, verbose_name="platform"),
                ),
                ("category", models.CharField(db_collation="C", max_length=64, verbose_name="category")),
                ("note", models.CharField(blank=True, default="", max_length=500, verbose_name="note")),
                ("state", models.CharField(db_collation="C", default="proposed", max_length=64, verbose_name="state")),
                ("proposed_by_ref", models.CharField(max_length=64, verbose_name="proposed by")),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("decided_by_ref", models.CharField(blank=True, default="", max_length=64, verbose_name="decided by")),
                ("decided_at", models.DateTimeField(null=True, verbose_name="decided at")),
                ("released_at", models.DateTimeField(null=True, verbose_name="on the feed since")),
                ("until", models.DateTimeField(null=True, verbose_name="until")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn at")),
                ("reason", models.CharField(blank=True, default="", max_length=500, verbose_name="reason")),
                (
                    "content",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clues.content",
                        verbose_name="content",
                    ),
                ),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="given by",
                    ),
                ),
            ],
            options={
                "verbose_name": "feed entry",
                "verbose_name_plural": "feed entries",
                "db_table": "feed_entry",
            },
        ),
        migrations.CreateModel(
            name="FeedAcknowledgment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("outcome", models.CharField(db_collation="C", max_length=64)),
                ("reason", models.CharField(db_collation="C", default="", max_length=64)),
                ("by_ref", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="members.institution"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="acknowledgments",
                        to="clues.feedentry",
                    ),
                ),
            ],
            options={
                "db_table": "feed_acknowledgment",
            },
        ),
        migrations.CreateModel(
            name="FeedReceiver",
            fields=[
                (
                    "institution",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
                (
                    "platforms",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(db_collation="C", max_length=64),
                        size=None,
                        verbose_name="platforms",
                    ),
                ),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(db_collation="C", max_length=64), size=None, verbose_name="types"
                    ),
                ),
                ("proposed_at", models.DateTimeField(verbose_name="proposed at")),
                ("opened_at", models.DateTimeField(null=True, verbose_name="opened at")),
                (
                    "opened_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="opened by",
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
            ],
            options={
                "verbose_name": "receiver of a feed",
                "verbose_name_plural": "receivers of feeds",
                "db_table": "feed_receiver",
            },
        ),
        migrations.AddIndex(
            model_name="feedentry",
            index=models.Index(fields=["state", "id"], name="feed_entry_queue"),
        ),
        migrations.AddIndex(
            model_name="feedentry",
            index=models.Index(fields=["institution", "id"], name="feed_entry_institution"),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["proposed", "listed"])),
                fields=("type", "value"),
                name="feed_entry_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "type__in",
                        [
                            "app-cert-sha256",
                            "app-package",
                            "content-url",
                            "domain",
                            "file-sha256",
                            "icp-filing-no",
                            "mini-program-appid",
                            "service-number",
                            "sms-port",
                            "sms-signature",
                            "url",
                            "uscc",
                            "wechat-channels",
                            "wechat-official-account",
                        ],
                    )
                ),
                name="feed_entry_is_clear",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "listed", "rejected", "withdrawn"])),
                name="feed_entry_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("decided_by_ref", models.F("proposed_by_ref")), _negated=True),
                name="feed_entry_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "listed"), _negated=True),
                    models.Q(
                        models.Q(("decided_by_ref", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("released_at__isnull", False),
                        ("until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="feed_entry_listed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedentry",
            constraint=models.CheckConstraint(
                condition=models.Q(("institution__isnull", False), ("content__isnull", False), _connector="OR"),
                name="feed_entry_has_a_source",
            ),
        ),
        migrations.AddIndex(
            model_name="feedacknowledgment",
            index=models.Index(fields=["entry", "institution", "id"], name="feed_acknowledgment_entry"),
        ),
        migrations.AddConstraint(
            model_name="feedacknowledgment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["applied", "lifted"]), ("reason", "")),
                    models.Q(("outcome", "refused"), models.Q(("reason", ""), _negated=True)),
                    _connector="OR",
                ),
                name="feed_acknowledgment_refused_with_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedreceiver",
            constraint=models.CheckConstraint(
                condition=models.Q(("opened_by", models.F("proposed_by")), _negated=True),
                name="feed_receiver_by_a_second_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedreceiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("opened_at__isnull", True), ("opened_by__isnull", True)),
                    models.Q(("opened_at__isnull", False), ("opened_by__isnull", False)),
                    _connector="OR",
                ),
                name="feed_receiver_opened",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedreceiver",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "types__contained_by",
                        [
                            "app-cert-sha256",
                            "app-package",
                            "content-url",
                            "domain",
                            "file-sha256",
                            "icp-filing-no",
                            "mini-program-appid",
                            "service-number",
                            "sms-port",
                            "sms-signature",
                            "url",
                            "uscc",
                            "wechat-channels",
                            "wechat-official-account",
                        ],
                    )
                ),
                name="feed_receiver_types_are_clear",
            ),
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
