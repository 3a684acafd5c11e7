"""Requests between institutions: asked, answered, declined, and what became of each at each receiver."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

_OPEN = ["sent", "taken-up", "escalated"]


class MemberRequest(models.Model):
    """What one institution sends to others: of a kind, by a clock, over a case, a match or by name. Its words are steps."""

    kind = CodeField(_("kind"))
    clock = CodeField(_("clock"), blank=True, default="")
    via = CodeField(_("addressed by"))
    sender = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_index=False, verbose_name=_("sender")
    )
    actor_ref = models.CharField(max_length=32)  # a key, or the U-… of a person
    case = models.ForeignKey("clues.Case", on_delete=models.PROTECT, null=True, verbose_name=_("case"))
    match = models.ForeignKey("clues.Match", on_delete=models.PROTECT, null=True, verbose_name=_("match"))
    thread = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="rounds"
    )  # null: it is the first
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    purpose = CodeField(_("purpose"), blank=True, default="")
    basis = CodeField(_("legal basis"))
    category = CodeField(_("category"), blank=True, default="")
    complaint_ref = models.CharField(_("reference of the complaint"), max_length=64, blank=True, default="")
    complaint_received_on = models.DateField(_("complaint received on"), null=True)
    consumer_contacted = CodeField(_("consumer contacted"), blank=True, default="")
    handling = CodeField(_("desired handling"), blank=True, default="")
    sent_at = models.DateTimeField(_("sent at"))
    released_at = models.DateTimeField(_("seen from"))

    class Meta:
        db_table = "member_request"
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(via="case", case__isnull=False, match__isnull=True)
                | Q(via="match", case__isnull=True, match__isnull=False)
                | Q(via="institution", case__isnull=True, match__isnull=True),
                name="member_request_addressed_one_way",
            ),
            models.CheckConstraint(
                condition=Q(thread__isnull=True, previous__isnull=True)
                | Q(thread__isnull=False, previous__isnull=False),
                name="member_request_thread_with_previous",
            ),
            models.CheckConstraint(
                condition=~Q(kind="complaint-referral")
                | (~Q(category="") & ~Q(complaint_ref="") & Q(complaint_received_on__isnull=False) & ~Q(handling="")),
                name="member_request_complaint_complete",
            ),
        ]
        indexes = [models.Index(fields=["sender", "id"], name="member_request_sent")]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `RQ-…`."""
        return reference.encode("RQ", self.pk)


class RequestParty(models.Model):
    """One receiver of a request and where it stands there. `due_at` is null where no clock runs."""

    SENT, TAKEN_UP, ESCALATED = "sent", "taken-up", "escalated"
    ANSWERED, CLOSED, DECLINED, WITHDRAWN = "answered", "closed", "declined", "withdrawn"

    request = models.ForeignKey(
        MemberRequest, on_delete=models.PROTECT, related_name="parties", db_index=False, verbose_name=_("request")
    )
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_index=False, verbose_name=_("receiver")
    )
    state = CodeField(_("state"), default=SENT)
    due_at = models.DateTimeField(_("due"), null=True)
    taken_up_at = models.DateTimeField(_("taken up at"), null=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True)
    over_at = models.DateTimeField(_("over since"), null=True)

    class Meta:
        db_table = "request_party"
        verbose_name = _("request at a receiver")
        verbose_name_plural = _("requests at receivers")
        constraints = [
            models.UniqueConstraint(fields=["request", "institution"], name="request_party_once"),
            models.CheckConstraint(
                condition=Q(state__in=["sent", "taken-up", "escalated", "answered", "closed", "declined", "withdrawn"]),
                name="request_party_state",
            ),
            models.CheckConstraint(
                condition=~Q(state="escalated") | Q(escalated_at__isnull=False, escalated_at__gte=F("due_at")),
                name="request_party_escalated_when_due",
            ),
            models.CheckConstraint(
                condition=Q(state__in=_OPEN, over_at__isnull=True) | (~Q(state__in=_OPEN) & Q(over_at__isnull=False)),
                name="request_party_over_with_date",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "request"], name="request_party_received"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["sent", "taken-up"], escalated_at__isnull=True, due_at__isnull=False),
                name="request_party_due",
            ),
            models.Index(
                fields=["escalated_at"], condition=Q(escalated_at__isnull=False), name="request_party_escalated"
            ),
        ]

    def __str__(self) -> str:
        return reference.encode("RQ", self.request_id)


class RequestIdentifier(models.Model):
    """An identifier that a request is about, as the stored form of a token."""

    request = models.ForeignKey(MemberRequest, on_delete=models.PROTECT, related_name="identifiers", db_index=False)
    position = models.SmallIntegerField()
    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()

    class Meta:
        db_table = "request_identifier"
        constraints = [models.UniqueConstraint(fields=["request", "position"], name="request_identifier_once")]


class RequestStep(models.Model):
    """One step: sent, taken up, answered and so on, with its words. Rows are only ever added; others see it from the tick on.

    `party` is null for what concerns every receiver, the sending above all. `institution` is null for the alliance and
    for the clock.
    """

    request = models.ForeignKey(MemberRequest, on_delete=models.PROTECT, related_name="steps")
    party = models.ForeignKey(RequestParty, on_delete=models.PROTECT, null=True, db_index=False)
    action = CodeField()
    to_state = CodeField()
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, null=True, db_index=False)
    actor_ref = models.CharField(max_length=64)
    at = models.DateTimeField()
    released_at = models.DateTimeField()
    code = CodeField(blank=True, default="")
    basis = CodeField(blank=True, default="")
    text = models.TextField(blank=True, default="")

    class Meta:
        db_table = "request_step"

    def __str__(self) -> str:
        return f"{reference.encode('RQ', self.request_id)} · {self.action}"
