"""Content: links of videos, posts, pages and apps, shared in clear; what platforms were asked, and what they did."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Content(models.Model):
    """One content, however many institutions reported it, under its canonical identifier."""

    REPORTED, REQUESTED, REMOVED = "reported", "requested", "removed"
    REAPPEARED, REJECTED = "re-appeared", "rejected"
    STATES = (REPORTED, REQUESTED, REMOVED, REAPPEARED, REJECTED)

    type = CodeField(_("type"))
    canonical = models.CharField(_("canonical link"), max_length=2000, db_collation="C")
    link = models.CharField(_("link as first reported"), max_length=2000)
    platform = CodeField(_("platform"))
    category = CodeField(_("category"))
    state = CodeField(_("state"), default=REPORTED)
    reason = CodeField(_("reason"), default="")  # of the last rejection
    first_reported_at = models.DateTimeField(_("first reported at"))
    requested_at = models.DateTimeField(_("requested at"), null=True)
    removed_at = models.DateTimeField(_("removed at"), null=True)
    reappeared_at = models.DateTimeField(_("re-appeared at"), null=True)
    requests = models.IntegerField(_("requests"), default=0)
    removals = models.IntegerField(_("removals"), default=0)
    reappearances = models.IntegerField(_("re-appeared, times"), default=0)
    changed_at = models.DateTimeField(_("changed at"))
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "content"
        verbose_name = _("content")
        verbose_name_plural = _("contents")
        constraints = [
            models.UniqueConstraint(fields=["type", "canonical"], name="content_once"),
            models.CheckConstraint(
                condition=Q(state__in=["reported", "requested", "removed", "re-appeared", "rejected"]),
                name="content_state",
            ),
            models.CheckConstraint(
                condition=Q(type__in=["content-url", "url", "domain"]), name="content_is_shared_in_clear"
            ),
            models.CheckConstraint(condition=~Q(state="rejected") | ~Q(reason=""), name="content_rejected_with_reason"),
            models.CheckConstraint(
                condition=~Q(state="removed") | Q(removed_at__isnull=False), name="content_removed_when"
            ),
        ]
        indexes = [models.Index(fields=["platform", "state", "id"], name="content_queue")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `CT-…`."""
        return reference.encode("CT", self.pk)


class ContentReport(models.Model):
    """What one institution says of a content. Others learn how many independent ones there are, never who."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="reports")
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    category = CodeField()
    account_shown = models.BooleanField(null=True)
    capture_sha256 = models.BinaryField(null=True)
    observed_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, default="")
    reported_by_ref = models.CharField(max_length=64)
    reported_at = models.DateTimeField()
    released_at = models.DateTimeField()  # from when on it is counted among those who reported it

    class Meta:
        db_table = "content_report"
        constraints = [
            models.UniqueConstraint(fields=["content", "institution"], name="content_report_once"),
        ]
        indexes = [models.Index(fields=["institution", "content"], name="content_report_institution")]


class ContentStep(models.Model):
    """One step in the life of a content. Rows are only ever added."""

    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="steps")
    action = CodeField()
    from_state = CodeField(default="")
    to_state = CodeField()
    reason = CodeField(default="")
    by_ref = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "content_step"


class ContentSheet(models.Model):
    """A numbered sheet of links for one platform, as it was handed over: file, digest, time and who."""

    platform = CodeField(_("platform"))
    no = models.IntegerField(_("number"))
    made_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    contents = ArrayField(models.BigIntegerField())  # in the order of the rows
    csv = models.BinaryField()
    csv_sha256 = models.CharField(_("SHA-256 of the CSV"), max_length=64)
    xlsx = models.BinaryField()
    xlsx_sha256 = models.CharField(_("SHA-256 of the workbook"), max_length=64)

    class Meta:
        db_table = "content_sheet"
        verbose_name = _("report sheet")
        verbose_name_plural = _("report sheets")
        constraints = [
            models.UniqueConstraint(fields=["platform", "no"], name="content_sheet_number"),
        ]

    def __str__(self) -> str:
        return f"{self.platform}-{self.no:04d}"


class ContentAnswers(models.Model):
    """One file with a platform's answers to a sheet: what was taken, and which rows were refused with which code."""

    sheet = models.ForeignKey(ContentSheet, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    taken = models.IntegerField()
    faults = models.JSONField(default=list)  # [[row from 1, code]]

    class Meta:
        db_table = "content_answers"
