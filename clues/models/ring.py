"""Rings: clues joined by strong shared identifiers, and how they came together."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Ring(models.Model):
    """A component of at least two clues, two identifiers and two independent groups.

    A ring that went up in another one has no component; it keeps `-id` there until it comes back.
    """

    OPEN, MERGED, DISSOLVED = "open", "merged", "dissolved"

    component = models.BigIntegerField(unique=True)
    state = CodeField(default=OPEN)
    clues = models.IntegerField()
    identifiers = models.IntegerField()
    groups = models.IntegerField()
    institutions = ArrayField(models.BigIntegerField())
    categories = ArrayField(CodeField())
    best_grade = CodeField(max_length=2)
    amount_cny = models.DecimalField(null=True, max_digits=20, decimal_places=2)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "ring"
        verbose_name = _("ring")
        verbose_name_plural = _("rings")
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=["open", "merged", "dissolved"]), name="ring_state"),
        ]

    def __str__(self) -> str:
        return reference.encode("R", self.pk)


class RingEdge(models.Model):
    """A linking identifier of a clue. `component` is the id of a clue in it.

    Only edges of one shade meet: 0, but for what people set apart (rings/shades.py).

    Rows are born in the matching transaction with `pending` set; only the ring builder, the
    single writer, changes them afterwards.
    """

    pk = models.CompositePrimaryKey("clue_id", "type", "epoch", "token")
    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False, db_index=False)
    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()
    weight = models.SmallIntegerField()
    component = models.BigIntegerField()
    pending = models.BooleanField(default=True)
    shade = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "ring_edge"
        indexes = [
            models.Index(fields=["type", "epoch", "token", "component"], name="ring_edge_token"),
            models.Index(fields=["component"], name="ring_edge_component"),
            models.Index(fields=["clue"], condition=models.Q(pending=True), name="ring_edge_pending"),
        ]


class RingMerge(models.Model):
    """Why two components became one, with the clues that came: enough to undo it.

    `survivor` and `absorbed` are what the two were called then, `component` is where both are now, and `ring` is the
    ring that went up in the other one, if the part that came was one. A merger stands while `undone_at` is empty.
    """

    survivor = models.BigIntegerField()
    absorbed = models.BigIntegerField()
    component = models.BigIntegerField()
    ring = models.ForeignKey(Ring, on_delete=models.PROTECT, null=True, related_name="+")
    shared = models.JSONField()
    clues = ArrayField(models.BigIntegerField())
    merged_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ring_merge"
        indexes = [
            models.Index(fields=["component"], condition=models.Q(undone_at__isnull=True), name="ring_merge_component"),
        ]


class RingRelink(models.Model):
    """A clue whose linking identifiers changed: the ring builder makes its edges anew, and takes its component apart.

    Rows are born in the transaction that changed what counts; the builder, the single writer of edges, deletes them.
    """

    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False, db_index=False)

    class Meta:
        db_table = "ring_relink"


class RingCut(models.Model):
    """A person's decision that clues or an identifier of a ring do not belong together; it stands until it is lifted.

    The desk writes it; the builder applies it and sets `applied_at`, and `lift_applied_at` when it was lifted.
    """

    UNMERGE, CLUES, IDENTIFIER = "unmerge", "clues", "identifier"

    ring = models.ForeignKey(Ring, on_delete=models.PROTECT, related_name="cuts")
    kind = CodeField(_("kind"))
    merge = models.ForeignKey(RingMerge, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    clues = ArrayField(models.BigIntegerField(), default=list)
    type = CodeField(default="")
    epoch = models.IntegerField(null=True)
    token = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=500)
    decided_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"))
    applied_at = models.DateTimeField(null=True)
    parted = models.IntegerField(null=True)
    lifted_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("lifted by"),
    )
    lifted_at = models.DateTimeField(_("lifted at"), null=True)
    lift_reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    lift_applied_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "ring_cut"
        verbose_name = _("separation in a ring")
        verbose_name_plural = _("separations in rings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="unmerge", merge__isnull=False, token__isnull=True)
                | models.Q(kind="clues", merge__isnull=True, token__isnull=True)
                | models.Q(kind="identifier", merge__isnull=True, token__isnull=False, epoch__isnull=False),
                name="ring_cut_kind",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="ring_cut_says_why"),
            models.CheckConstraint(
                condition=models.Q(lifted_by__isnull=True, lifted_at__isnull=True, lift_reason="")
                | (models.Q(lifted_by__isnull=False, lifted_at__isnull=False) & ~models.Q(lift_reason="")),
                name="ring_cut_lift_complete",
            ),
            models.UniqueConstraint(
                fields=["merge"], condition=models.Q(lifted_at__isnull=True), name="ring_cut_undoes_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["type", "epoch", "token"],
                condition=models.Q(kind="identifier", lifted_at__isnull=True),
                name="ring_cut_identifier",
            ),
            models.Index(
                fields=["id"],
                condition=models.Q(applied_at__isnull=True)
                | models.Q(lifted_at__isnull=False, lift_applied_at__isnull=True),
                name="ring_cut_waiting",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class RingCutEdge(models.Model):
    """That a cut sets an identifier of a clue apart, and on which side of it."""

    pk = models.CompositePrimaryKey("clue_id", "type", "epoch", "token", "cut_id")
    clue = models.ForeignKey("clues.Clue", on_delete=models.PROTECT, db_constraint=False, db_index=False)
    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()
    cut = models.ForeignKey(RingCut, on_delete=models.PROTECT, related_name="edges")
    side = models.SmallIntegerField()

    class Meta:
        db_table = "ring_cut_edge"


class RingReview(models.Model):
    """One attempt to promote a ring to what a case may be opened from; the one with the highest `no` is where it stands.

    `clues`, `identifiers` and `groups` are the ring's when it was decided on: what it grew by since can be told.
    """

    PROPOSED, CONFIRMED, RETURNED, SET_ASIDE = "proposed", "confirmed", "returned", "set-aside"

    ring = models.ForeignKey(Ring, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    no = models.SmallIntegerField()
    state = CodeField(_("review"), default=PROPOSED)
    proposed_by = models.ForeignKey(
        "members.User", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    note = models.CharField(_("note"), max_length=500, blank=True, default="")
    decided_by = models.ForeignKey(
        "members.User",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True, default="")
    clues = models.IntegerField(default=0)
    identifiers = models.IntegerField(default=0)
    groups = models.IntegerField(default=0)

    class Meta:
        db_table = "ring_review"
        verbose_name = _("review of a ring")
        verbose_name_plural = _("reviews of rings")
        constraints = [
            models.UniqueConstraint(fields=["ring", "no"], name="ring_review_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=["proposed", "confirmed", "returned", "set-aside"]),
                name="ring_review_state",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_by__isnull=True, decided_at__isnull=True)
                | (~models.Q(state="proposed") & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="ring_review_decided",
            ),
            # Whatever the code does: nobody confirms, or returns, what they proposed.
            models.CheckConstraint(
                condition=~models.Q(state__in=["confirmed", "returned"])
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="ring_review_needs_second_person",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=["returned", "set-aside"]) | ~models.Q(reason=""),
                name="ring_review_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ring} · {self.no}"
