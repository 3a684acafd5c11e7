"""Disposition feeds: values in clear of types that concern no person, who pulls them, and what those did about each."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField

# As in the registry of identifier types (`personal = no`); a test compares.
CLEAR_TYPES = [
    "app-cert-sha256", "app-package", "content-url", "domain", "file-sha256", "icp-filing-no", "mini-program-appid",
    "service-number", "sms-port", "sms-signature", "url", "uscc", "wechat-channels", "wechat-official-account",
]  # fmt: skip


class FeedReceiver(models.Model):
    """A platform or telecom operator that pulls a feed: of which platforms, and of which types. Opened by a second person."""

    institution = models.OneToOneField(
        "members.Institution",
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    platforms = ArrayField(CodeField(), verbose_name=_("platforms"))
    types = ArrayField(CodeField(), verbose_name=_("types"))
    proposed_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    opened_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("opened by"),
    )
    opened_at = models.DateTimeField(_("opened at"), null=True)

    class Meta:
        db_table = "feed_receiver"
        verbose_name = _("receiver of a feed")
        verbose_name_plural = _("receivers of feeds")
        constraints = [
            models.CheckConstraint(condition=~Q(opened_by=F("proposed_by")), name="feed_receiver_by_a_second_person"),
            models.CheckConstraint(
                condition=Q(opened_by__isnull=True, opened_at__isnull=True)
                | Q(opened_by__isnull=False, opened_at__isnull=False),
                name="feed_receiver_opened",
            ),
            models.CheckConstraint(condition=Q(types__contained_by=CLEAR_TYPES), name="feed_receiver_types_are_clear"),
        ]

    def __str__(self) -> str:
        return str(self.institution)


class FeedEntry(models.Model):
    """One value in clear: given by a member, or taken from reported content; on the feed once a second person approved it."""

    PROPOSED, LISTED, REJECTED, WITHDRAWN = "proposed", "listed", "rejected", "withdrawn"
    STATES = (PROPOSED, LISTED, REJECTED, WITHDRAWN)

    type = CodeField(_("type"))
    value = models.CharField(_("value"), max_length=2000, db_collation="C")
    platform = CodeField(_("platform"), default="", blank=True)
    category = CodeField(_("category"))
    note = models.CharField(_("note"), max_length=500, default="", blank=True)
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, null=True, db_index=False, verbose_name=_("given by")
    )
    content = models.ForeignKey(
        "clues.Content",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("content"),
    )
    state = CodeField(_("state"), default=PROPOSED)
    proposed_by_ref = models.CharField(_("proposed by"), max_length=64)
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by_ref = models.CharField(_("decided by"), max_length=64, default="", blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    released_at = models.DateTimeField(_("on the feed since"), null=True)
    until = models.DateTimeField(_("until"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True)
    reason = models.CharField(_("reason"), max_length=500, default="", blank=True)

    class Meta:
        db_table = "feed_entry"
        verbose_name = _("feed entry")
        verbose_name_plural = _("feed entries")
        constraints = [
            models.UniqueConstraint(
                fields=["type", "value"], condition=Q(state__in=["proposed", "listed"]), name="feed_entry_once"
            ),
            models.CheckConstraint(condition=Q(type__in=CLEAR_TYPES), name="feed_entry_is_clear"),
            models.CheckConstraint(
                condition=Q(state__in=["proposed", "listed", "rejected", "withdrawn"]), name="feed_entry_state"
            ),
            models.CheckConstraint(
                condition=~Q(decided_by_ref=F("proposed_by_ref")), name="feed_entry_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(state="listed")
                | (~Q(decided_by_ref="") & Q(decided_at__isnull=False, released_at__isnull=False, until__isnull=False)),
                name="feed_entry_listed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=False) | Q(content__isnull=False), name="feed_entry_has_a_source"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="feed_entry_queue"),
            models.Index(fields=["institution", "id"], name="feed_entry_institution"),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def ref(self) -> str:
        """The opaque public reference `FE-…`."""
        return reference.encode("FE", self.pk)


class FeedAcknowledgment(models.Model):
    """What a receiver says it did about an entry; the last one counts. Rows are only ever added."""

    APPLIED, REFUSED, LIFTED = "applied", "refused", "lifted"
    OUTCOMES = (APPLIED, REFUSED, LIFTED)

    entry = models.ForeignKey(FeedEntry, on_delete=models.PROTECT, related_name="acknowledgments", db_index=False)
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    outcome = CodeField()
    reason = CodeField(default="")
    by_ref = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        db_table = "feed_acknowledgment"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["applied", "lifted"], reason="") | (Q(outcome="refused") & ~Q(reason="")),
                name="feed_acknowledgment_refused_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["entry", "institution", "id"], name="feed_acknowledgment_entry")]
