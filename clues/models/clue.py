"""Clues and sightings: what was reported, and by whom."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Clue(models.Model):
    """One report by one institution about one suspected actor or event.

    `review` is what the reviews of it come to (`ClueReview`): whoever writes one writes the other. Grade C needs none,
    whatever stands here.
    """

    ACTIVE, WITHDRAWN, DISPUTED, EXPIRED = "active", "withdrawn", "disputed", "expired"
    WAITING, AT_DESK, CONFIRMED, RETURNED = "waiting", "at-desk", "confirmed", "returned"

    # No foreign-key constraints on the hot path: the rows come from one COPY that read both.
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    batch = models.ForeignKey("clues.Batch", on_delete=models.PROTECT, db_constraint=False, db_index=False)
    row = models.IntegerField()
    client_ref = models.CharField(max_length=64, db_collation="C")
    fingerprint = models.UUIDField()
    category = CodeField()
    grade = CodeField(max_length=2)
    level = CodeField(null=True)
    channel = CodeField(null=True)
    observed_at = models.DateTimeField(null=True)
    region = CodeField(null=True, max_length=5)
    amount_cny = models.DecimalField(null=True, max_digits=18, decimal_places=2)
    crime_indicator = models.BooleanField(default=False)
    indicators = ArrayField(CodeField(), null=True)
    consumer_contacted = CodeField(null=True)
    tlp = CodeField()
    evidence_sha256 = models.BinaryField(null=True)
    basis = CodeField()
    state = CodeField(default=ACTIVE)
    review = CodeField(db_default=WAITING)
    received_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    version = models.IntegerField(db_default=1)
    ended_at = models.DateTimeField(null=True)  # since when it is withdrawn or expired

    class Meta:
        db_table = "clue"
        verbose_name = _("clue")
        verbose_name_plural = _("clues")
        constraints = [
            models.UniqueConstraint(fields=["institution", "client_ref"], name="clue_client_ref"),
        ]
        indexes = [
            models.Index(fields=["institution", "id"], name="clue_institution"),
            # One walk for each combination of codes: whatever a list or the queue of reviews filters by, it finds.
            models.Index(
                fields=["institution", "state", "review", "grade", "category", "batch", "id"], name="clue_filters"
            ),
            BrinIndex(fields=["expires_at"], name="clue_expiry"),
            models.Index(fields=["ended_at"], condition=models.Q(ended_at__isnull=False), name="clue_ended"),
        ]

    def __str__(self) -> str:
        return reference.encode("C", self.pk)


class Sighting(models.Model):
    """The fact that an institution reported an identifier, in one role, within one clue.

    `counted` is false for roles that never score and for clues or institutions that do not
    count at present; only counted sightings make matches, rings and screening hits.
    """

    pk = models.CompositePrimaryKey("type", "epoch", "token", "institution_id", "clue_id")
    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()
    institution = models.ForeignKey(
        "members.Institution", on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    clue = models.ForeignKey(Clue, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    position = models.SmallIntegerField()
    role = CodeField()
    counted = models.BooleanField()

    class Meta:
        db_table = "sighting"
        indexes = [models.Index(fields=["clue"], name="sighting_clue")]
