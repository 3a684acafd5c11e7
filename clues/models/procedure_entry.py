"""Proceedings of a case, and what is recorded of them. Rows are only ever added, by any role: no grant lets one be changed."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Proceeding(models.Model):
    """One run of a case through a procedure track, at one authority; a case may have several at once."""

    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, related_name="proceedings", verbose_name=_("case"))
    track = CodeField(_("track"))
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        db_table = "proceeding"
        verbose_name = _("proceeding")
        verbose_name_plural = _("proceedings")

    def __str__(self) -> str:
        return reference.encode("P", self.pk)


class ProcedureEntry(models.Model):
    """One line of a proceeding's record: a state that was reached, or what became of an earlier line.

    `number` counts the lines of a proceeding, so that of two that are written at once one is refused. A member's state
    counts once a `confirmation` is `about` it; one with a `void` about it never counts again.
    """

    STATE, CONFIRMATION, VOID = "state", "confirmation", "void"

    proceeding = models.ForeignKey(
        Proceeding, on_delete=models.PROTECT, related_name="entries", db_index=False, verbose_name=_("proceeding")
    )
    number = models.IntegerField(_("number"))
    kind = CodeField(_("kind"), max_length=16)
    about = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("about")
    )
    state = CodeField(_("state"), blank=True)
    authority = CodeField(_("authority"), blank=True)
    document_no = models.CharField(_("document number"), max_length=64, blank=True)
    date = models.DateField(_("date"), null=True)
    received_date = models.DateField(_("received on"), null=True)
    due_date = models.DateField(_("due on"), null=True)
    persons = models.IntegerField(_("persons"), null=True)
    persons_detained = models.IntegerField(_("persons detained"), null=True)
    gangs = models.IntegerField(_("gangs"), null=True)
    items = models.IntegerField(_("links or numbers"), null=True)
    amount_claimed_cny = models.DecimalField(_("amount claimed"), null=True, max_digits=18, decimal_places=2)
    amount_lost_cny = models.DecimalField(_("amount lost"), null=True, max_digits=18, decimal_places=2)
    amount_prevented_cny = models.DecimalField(_("amount prevented"), null=True, max_digits=18, decimal_places=2)
    province = CodeField(_("province"), max_length=5, blank=True)
    self_reported = models.BooleanField(_("self-reported"), default=False)
    note = models.CharField(_("note"), max_length=500, blank=True)
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, null=True, db_index=False, verbose_name=_("recorded for")
    )
    recorded_by_ref = models.CharField(_("recorded by"), max_length=64)
    recorded_at = models.DateTimeField(_("recorded at"))
    released_at = models.DateTimeField(_("shown from"))

    class Meta:
        db_table = "procedure_entry"
        verbose_name = _("procedure entry")
        verbose_name_plural = _("procedure entries")
        constraints = [
            models.UniqueConstraint(fields=["proceeding", "number"], name="procedure_entry_number"),
            models.UniqueConstraint(fields=["about", "kind"], name="procedure_entry_said_once"),
            models.CheckConstraint(
                condition=Q(kind="state", about__isnull=True, date__isnull=False) & ~Q(state="") & ~Q(authority="")
                | Q(kind="confirmation", about__isnull=False, institution__isnull=True, state="")
                | Q(kind="void", about__isnull=False, state="") & ~Q(note=""),
                name="procedure_entry_kind",
            ),
            models.CheckConstraint(
                condition=Q(persons_detained__isnull=True) | Q(persons_detained__lte=F("persons")),
                name="procedure_entry_detained_among_persons",
            ),
        ]
        indexes = [
            models.Index(fields=["due_date"], condition=Q(due_date__isnull=False), name="procedure_entry_due"),
        ]

    def __str__(self) -> str:
        return reference.encode("PE", self.pk)
