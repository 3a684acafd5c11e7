"""Official requests: what an authority asks the alliance for, who of it asks, whom it goes to, what was disclosed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


def _person(label: StrPromise, *, null: bool = True) -> Any:
    return models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", null=null, db_index=False, verbose_name=label
    )


def _institution(**more: Any) -> Any:
    return models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, related_name="+", verbose_name=_("institution"), **more
    )


def _pair(name: str) -> Q:
    """Who and when stand together, or neither does."""
    return Q(**{f"{name}_by__isnull": True, f"{name}_at__isnull": True}) | Q(
        **{f"{name}_by__isnull": False, f"{name}_at__isnull": False}
    )


class OfficialRequest(models.Model):
    """One document of an authority and where it stands; the members concerned see it from `released_at` on.

    `subjects` is how many persons or identifiers it asks about, between `from_date` and `until_date`. The document lies in
    the vault; `sealed_details` is JSON under its key: its file name.
    """

    REGISTERED, PROPOSED, ROUTED = "registered", "proposed", "routed"
    ANSWERED, REFUSED, WITHDRAWN = "answered", "refused", "withdrawn"

    kind = CodeField(_("kind"))
    authority = CodeField(_("authority"))
    authority_kind = CodeField(_("kind of authority"))
    unit = models.CharField(_("unit"), max_length=200)
    document_no = models.CharField(_("document number"), max_length=64)
    document_date = models.DateField(_("date of the document"))
    received_on = models.DateField(_("received on"))
    basis = CodeField(_("legal basis"))
    items = ArrayField(CodeField(), verbose_name=_("asked for"))
    question = models.TextField(_("question"))
    subjects = models.IntegerField(_("subjects"), default=0)
    from_date = models.DateField(_("from"), null=True)
    until_date = models.DateField(_("until"), null=True)
    case = models.ForeignKey(
        "clues.Case", on_delete=models.PROTECT, related_name="+", null=True, verbose_name=_("case")
    )
    due_on = models.DateField(_("answer due on"))
    document = models.OneToOneField("clues.StoredObject", on_delete=models.PROTECT, related_name="+")
    media_type = models.CharField(_("media type"), max_length=100)
    sealed_details = models.BinaryField()
    state = CodeField(_("state"), default=REGISTERED)
    registered_by = _person(_("registered by"), null=False)
    registered_at = models.DateTimeField(_("registered at"))
    proposed_by = _person(_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"), null=True)
    decided_by = _person(_("approved by"))
    decided_at = models.DateTimeField(_("approved at"), null=True)
    released_at = models.DateTimeField(_("seen by members from"), null=True)
    refusal = CodeField(_("turned down because"), blank=True, default="")
    answer = CodeField(_("answered"), blank=True, default="")
    answered_by = _person(_("answered by"))
    answered_at = models.DateTimeField(_("answered at"), null=True)
    over_at = models.DateTimeField(_("over since"), null=True)

    class Meta:
        db_table = "official_request"
        verbose_name = _("official request")
        verbose_name_plural = _("official requests")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["registered", "proposed", "routed", "answered", "refused", "withdrawn"]),
                name="official_request_state",
            ),
            # Four eyes, whoever it is: nobody lets through what they registered or proposed.
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | (~Q(decided_by=F("proposed_by")) & ~Q(decided_by=F("registered_by"))),
                name="official_request_needs_second_person",
            ),
            models.CheckConstraint(
                condition=_pair("proposed") & _pair("decided") & _pair("answered"), name="official_request_who_and_when"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["routed", "answered", "withdrawn"],
                    proposed_by__isnull=False,
                    decided_by__isnull=False,
                    released_at__isnull=False,
                )
                | Q(
                    state__in=["registered", "proposed", "refused", "withdrawn"],
                    decided_by__isnull=True,
                    released_at__isnull=True,
                ),
                name="official_request_approved_before_it_is_seen",
            ),
            models.CheckConstraint(
                condition=(Q(state="answered", answered_by__isnull=False) & ~Q(answer=""))
                | (~Q(state="answered") & Q(answered_by__isnull=True, answer="")),
                name="official_request_answered_somehow",
            ),
            models.CheckConstraint(
                condition=(Q(state="refused") & ~Q(refusal="")) | (~Q(state="refused") & Q(refusal="")),
                name="official_request_refused_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["registered", "proposed", "routed"], over_at__isnull=True)
                | Q(state__in=["answered", "refused", "withdrawn"], over_at__isnull=False),
                name="official_request_over_with_date",
            ),
            models.CheckConstraint(
                condition=Q(from_date__isnull=True, until_date__isnull=True) | Q(from_date__lte=F("until_date")),
                name="official_request_period",
            ),
            # The same document twice is one request, unless the first was turned down or taken back.
            models.UniqueConstraint(
                fields=["authority", "document_no"],
                condition=~Q(state__in=["refused", "withdrawn"]),
                name="official_request_document_once",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on"], name="official_request_by_state"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `OR-…`."""
        return reference.encode("OR", self.pk)


class OfficialOfficer(models.Model):
    """An officer named in a document. `sealed` is JSON under the document's key: name and number of the service card."""

    request = models.ForeignKey(OfficialRequest, on_delete=models.PROTECT, related_name="officers", db_index=False)
    position = models.SmallIntegerField(_("number"))
    sealed = models.BinaryField()
    way = CodeField(_("verified how"), blank=True, default="")
    verified_by = _person(_("verified by"))
    verified_at = models.DateTimeField(_("verified at"), null=True)

    class Meta:
        db_table = "official_officer"
        constraints = [
            models.UniqueConstraint(fields=["request", "position"], name="official_officer_once"),
            models.CheckConstraint(
                condition=Q(way="", verified_by__isnull=True, verified_at__isnull=True)
                | (~Q(way="") & Q(verified_by__isnull=False, verified_at__isnull=False)),
                name="official_officer_verified_by_somebody",
            ),
        ]


class OfficialParty(models.Model):
    """An institution that an official request concerns, and what it said. Before the approval it is only chosen."""

    CHOSEN, ASKED, CONFIRMED = "chosen", "asked", "confirmed"
    SUPPLIED, DECLINED, ENDED = "supplied", "declined", "ended"

    request = models.ForeignKey(OfficialRequest, on_delete=models.PROTECT, related_name="parties", db_index=False)
    institution = _institution(db_index=False)
    state = CodeField(_("state"), default=CHOSEN)
    due_at = models.DateTimeField(_("due"), null=True)
    reminded_at = models.DateTimeField(null=True)
    over_at = models.DateTimeField(_("over since"), null=True)

    class Meta:
        db_table = "official_party"
        verbose_name = _("official request at a member")
        verbose_name_plural = _("official requests at members")
        constraints = [
            models.UniqueConstraint(fields=["request", "institution"], name="official_party_once"),
            models.CheckConstraint(
                condition=Q(state__in=["chosen", "asked", "confirmed", "supplied", "declined", "ended"]),
                name="official_party_state",
            ),
            models.CheckConstraint(
                condition=Q(state="chosen", due_at__isnull=True) | (~Q(state="chosen") & Q(due_at__isnull=False)),
                name="official_party_due_once_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "request"], name="official_party_received"),
            models.Index(
                fields=["due_at"],
                condition=Q(state__in=["asked", "confirmed"], reminded_at__isnull=True),
                name="official_party_due",
            ),
        ]


class OfficialStep(models.Model):
    """One step of an official request, with its words. Rows are only ever added; members see theirs from the tick on.

    `institution` is null for the desk, whose words members do not read.
    """

    request = models.ForeignKey(OfficialRequest, on_delete=models.PROTECT, related_name="steps")
    action = CodeField()
    to_state = CodeField()
    institution = _institution(null=True, db_index=False)
    actor_ref = models.CharField(max_length=64)
    at = models.DateTimeField()
    released_at = models.DateTimeField()
    code = CodeField(blank=True, default="")
    text = models.TextField(blank=True, default="")

    class Meta:
        db_table = "official_step"


class OfficialDisclosure(models.Model):
    """What of an institution went to an authority, as lawful disclosure. Rows are only ever added, and never deleted."""

    request = models.ForeignKey(OfficialRequest, on_delete=models.PROTECT, related_name="disclosures", db_index=False)
    institution = _institution(db_index=False)
    item = CodeField(_("disclosed"))
    number = models.IntegerField(_("how many"))
    package_ref = models.CharField(_("package"), max_length=40)
    package_sha256 = models.CharField(_("SHA-256 of the package"), max_length=64)
    disclosed_at = models.DateTimeField(_("disclosed at"))
    released_at = models.DateTimeField(_("seen from"))

    class Meta:
        db_table = "official_disclosure"
        verbose_name = _("lawful disclosure")
        verbose_name_plural = _("lawful disclosures")
        constraints = [
            models.UniqueConstraint(fields=["request", "institution", "item"], name="official_disclosure_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="official_disclosure_of_something"),
        ]
        indexes = [models.Index(fields=["institution", "request"], name="official_disclosure_of")]
