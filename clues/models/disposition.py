"""Dispositions: what a member did about an identifier, a match or a case; and what became of the ground it rests on."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Disposition(models.Model):
    """One measure of one institution about one thing of its own: a clue, a match it is party of, a case it is party of.

    `match` beside a clue is the match that stood when the measure was taken: both are its ground. `started_at` is when the
    institution could act: the match's or the case's release to it, or the arrival of its clue.
    """

    REQUESTED, DONE, UNDER_REVIEW = "requested", "done", "under-review"
    CONFIRMED, REAPPEARED, LIFTED = "confirmed", "re-appeared", "lifted"
    STATES = (REQUESTED, DONE, UNDER_REVIEW, CONFIRMED, REAPPEARED, LIFTED)
    CLUE, MATCH, CASE = "clue", "match", "case"

    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_index=False, verbose_name=_("institution")
    )
    kind = CodeField(_("measure"))
    subject = CodeField(_("about"))
    # The clue is known by number: retention takes clues on its own.
    clue = models.ForeignKey("clues.Clue", on_delete=models.DO_NOTHING, null=True, db_constraint=False)
    client_ref = models.CharField(max_length=64, default="")
    position = models.SmallIntegerField(default=0)
    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, null=True, verbose_name=_("match"))
    # What the institution was shown of the match then; weaker than that is a ground to look again. 0 and "": nothing.
    match_band = models.SmallIntegerField(default=0)
    match_grade = CodeField(default="")
    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, null=True, verbose_name=_("case"))
    type = CodeField(_("type"), default="")
    category = CodeField(_("category"))
    state = CodeField(_("state"))
    document_no = models.CharField(_("document number"), max_length=64, default="")
    started_at = models.DateTimeField(_("could act since"))
    done_at = models.DateTimeField(_("done at"), null=True)
    seconds_to_disposal = models.BigIntegerField(_("seconds to disposal"), null=True)
    review_date = models.DateField(_("review due"), null=True)
    review_told_at = models.DateTimeField(null=True)
    reappearances = models.IntegerField(_("re-appeared, times"), default=0)
    # What the institution says of the effect: nobody else counts it.
    calls_flagged = models.IntegerField(_("calls flagged"), null=True)
    persons_warned = models.IntegerField(_("persons warned"), null=True)
    amount_prevented_cny = models.DecimalField(_("amount prevented (CNY)"), null=True, max_digits=18, decimal_places=2)
    recorded_by_ref = models.CharField(_("recorded by"), max_length=64)
    recorded_at = models.DateTimeField(_("recorded at"))
    changed_at = models.DateTimeField(_("changed at"))
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "disposition"
        verbose_name = _("disposition")
        verbose_name_plural = _("dispositions")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["requested", "done", "under-review", "confirmed", "re-appeared", "lifted"]),
                name="disposition_state",
            ),
            models.CheckConstraint(
                condition=Q(subject="clue", clue__isnull=False, case__isnull=True)
                | Q(subject="match", match__isnull=False, clue__isnull=True, case__isnull=True)
                | Q(subject="case", case__isnull=False, clue__isnull=True, match__isnull=True),
                name="disposition_has_one_subject",
            ),
            models.CheckConstraint(
                condition=~Q(kind="freeze-by-authority") | ~Q(document_no=""), name="disposition_names_the_document"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=False) | Q(state__in=["requested", "lifted"]),
                name="disposition_done_when",
            ),
            models.CheckConstraint(
                condition=Q(seconds_to_disposal__isnull=True) | Q(seconds_to_disposal__gte=0, done_at__isnull=False),
                name="disposition_time_to_disposal",
            ),
            models.CheckConstraint(
                condition=(Q(calls_flagged__isnull=True) | Q(calls_flagged__gte=0))
                & (Q(persons_warned__isnull=True) | Q(persons_warned__gte=0))
                & (Q(amount_prevented_cny__isnull=True) | Q(amount_prevented_cny__gte=0)),
                name="disposition_effects",
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "match"],
                condition=Q(subject="match") & ~Q(state="lifted"),
                name="disposition_once_a_match",
            ),
            models.UniqueConstraint(
                fields=["institution", "kind", "clue", "position"],
                condition=Q(subject="clue") & ~Q(state="lifted"),
                name="disposition_once_an_identifier",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "id"], name="disposition_institution"),
            models.Index(fields=["id"], condition=~Q(state="lifted"), name="disposition_live"),
            models.Index(
                fields=["review_date"],
                condition=Q(review_date__isnull=False, review_told_at__isnull=True) & ~Q(state="lifted"),
                name="disposition_review",
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `DI-…`."""
        return reference.encode("DI", self.pk)


class GroundCheck(models.Model):
    """A measure whose ground may have changed: the worker compares the two, and deletes the row.

    Triggers write it with whatever ends or weakens a clue, a match, a case or a ring, in the same transaction.
    """

    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, db_index=False, db_constraint=False)

    class Meta:
        db_table = "ground_check"


class DispositionStep(models.Model):
    """One step in the life of a disposition. Rows are only ever added."""

    disposition = models.ForeignKey(Disposition, on_delete=models.PROTECT, related_name="steps")
    action = CodeField()
    from_state = CodeField(default="")
    to_state = CodeField()
    note = models.CharField(max_length=500, default="")
    by_ref = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "disposition_step"


class LiftNotice(models.Model):
    """That the ground of a disposition has fallen or weakened: the institution lifts it, or keeps it for a reason.

    One for each fall. `ended_at`: the ground stands again, or stood again after the answer, or fell further and a graver
    notice took the place of this one.
    """

    LIFTED, KEPT = "lifted", "kept"

    disposition = models.ForeignKey(
        Disposition, on_delete=models.PROTECT, related_name="lifts", verbose_name=_("disposition")
    )
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, verbose_name=_("institution"))
    cause = CodeField(_("cause"))
    raised_at = models.DateTimeField(_("raised at"))
    due_at = models.DateTimeField(_("answer due"))
    answer = CodeField(_("answer"), default="")
    reason = CodeField(_("reason"), default="")
    note = models.CharField(_("note"), max_length=500, default="")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    answered_by_ref = models.CharField(_("answered by"), max_length=64, default="")
    ended_at = models.DateTimeField(_("ground stands again since"), null=True)

    class Meta:
        db_table = "lift_notice"
        verbose_name = _("lift notice")
        verbose_name_plural = _("lift notices")
        constraints = [
            models.UniqueConstraint(
                fields=["disposition"], condition=Q(ended_at__isnull=True), name="lift_notice_once_a_fall"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True, reason="")
                | Q(answer="lifted", answered_at__isnull=False)
                | (Q(answer="kept", answered_at__isnull=False) & ~Q(reason="")),
                name="lift_notice_answer",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "due_at"],
                condition=Q(answered_at__isnull=True, ended_at__isnull=True),
                name="lift_notice_open",
            ),
            models.Index(
                fields=["disposition"],
                condition=Q(ended_at__isnull=True) & ~Q(answer="lifted"),
                name="lift_notice_standing",
            ),
        ]

    def __str__(self) -> str:
        return reference.encode("DI", self.disposition_id)
