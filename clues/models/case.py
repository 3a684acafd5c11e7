"""Cases: the joint escalation of a match or a ring."""

from django.db import models

from .fields import CodeField


class Case(models.Model):
    """A case and where it stands; `version` counts its steps."""

    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, null=True)
    ring = models.ForeignKey("clues.Ring", on_delete=models.PROTECT, null=True)
    state = CodeField()
    version = models.IntegerField(default=1)
    opened_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    opened_at = models.DateTimeField()
    proposed_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    approved_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    approved_at = models.DateTimeField(null=True)
    closed_reason = models.TextField(blank=True, default="")

    class Meta:
        db_table = "case_file"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(match__isnull=False, ring__isnull=True)
                | models.Q(match__isnull=True, ring__isnull=False),
                name="case_has_one_origin",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True)
                | ~models.Q(approved_by=models.F("proposed_by")),
                name="case_approval_needs_second_person",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by__isnull=True, approved_at__isnull=True)
                | models.Q(
                    approved_by__isnull=False, approved_at__isnull=False, proposed_by__isnull=False
                ),
                name="case_approval_complete",
            ),
        ]


class CaseStep(models.Model):
    """One step of a case: who moved it, from where to where, and why."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    action = CodeField()
    from_state = CodeField(blank=True)
    to_state = CodeField()
    by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    note = models.TextField(blank=True)

    class Meta:
        db_table = "case_step"
