"""Statements: made by the worker and at the desk, read by members; no role may change one."""

import django.db.models.deletion
from django.db import migrations, models

# The figures of an institution's own statement are sums over what the worker reads anyway, and over who read a match.
GRANTS = """
GRANT SELECT, INSERT ON statement TO aif_match, aif_desk;
GRANT DELETE ON statement TO aif_match;
GRANT SELECT ON statement TO aif_web;
GRANT SELECT ON content_report, disposition, request_party, member_request, clue_review, match_work, match_read TO aif_match;
GRANT SELECT (institution_id, tokens, hits, screened_at) ON screening TO aif_match;
GRANT SELECT (id, role, institution_id) ON user_account TO aif_match;
"""


class Migration(migrations.Migration):
    """One table, grants."""

    dependencies = [
        ("clues", "0039_raw_values_of_parts"),
        ("members", "0015_a_raise_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="Statement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(db_collation="C", max_length=64, verbose_name="kind")),
                ("edition", models.CharField(db_collation="C", max_length=64, verbose_name="edition")),
                ("since", models.DateField(verbose_name="first day")),
                ("until", models.DateField(verbose_name="first day after")),
                ("version", models.IntegerField(verbose_name="version")),
                ("figures", models.JSONField()),
                ("as_of", models.DateTimeField(verbose_name="figures of")),
                ("made_by_ref", models.CharField(max_length=64, verbose_name="made by")),
                ("pdf", models.BinaryField()),
                ("pdf_sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the PDF")),
                ("csv", models.BinaryField()),
                ("csv_sha256", models.CharField(max_length=64, verbose_name="SHA-256 of the CSV")),
                (
                    "institution",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="members.institution",
                        verbose_name="institution",
                    ),
                ),
            ],
            options={
                "verbose_name": "statement",
                "verbose_name_plural": "statements",
                "db_table": "statement",
                "indexes": [models.Index(fields=["institution", "id"], name="statement_institution")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("kind", "edition", "institution", "since", "version"),
                        name="statement_version",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("edition__in", ["exact", "members"]),
                                ("institution__isnull", True),
                                ("kind", "bulletin"),
                            ),
                            models.Q(("edition", "own"), ("institution__isnull", False), ("kind", "quarterly")),
                            _connector="OR",
                        ),
                        name="statement_belongs_to_one",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until__gt", models.F("since"))), name="statement_period"
                    ),
                ],
            },
        ),
        migrations.RunSQL(GRANTS, migrations.RunSQL.noop),
    ]
