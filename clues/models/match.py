"""Matches and their parties."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from members.models import reference

from .fields import CodeField


class Match(models.Model):
    """An identifier reported by two or more independent institutions."""

    type = CodeField()
    epoch = models.IntegerField()
    token = models.UUIDField()
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    score = models.SmallIntegerField(null=True)
    terms = models.JSONField(null=True)
    scored_at = models.DateTimeField(null=True)  # null: what the score rests on has changed since

    class Meta:
        db_table = "match"
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        constraints = [
            models.UniqueConstraint(fields=["type", "epoch", "token"], name="match_identifier"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(released_at__isnull=True), name="match_unreleased"),
            models.Index(fields=["id"], condition=models.Q(scored_at__isnull=True), name="match_unscored"),
        ]

    def __str__(self) -> str:
        return reference.encode("M", self.pk)


class MatchParty(models.Model):
    """What one institution brought to a match, and from when on the others may know of it."""

    match = models.ForeignKey(Match, on_delete=models.PROTECT, related_name="parties")
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    group = models.ForeignKey("members.InstitutionGroup", on_delete=models.PROTECT, db_index=False)
    categories = ArrayField(CodeField())
    best_grade = CodeField(max_length=2)
    first_seen_at = models.DateTimeField()
    created_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    known_since = models.DateTimeField(null=True)  # the same fact, told by a match of a key epoch that was swept since

    class Meta:
        db_table = "match_party"
        constraints = [
            models.UniqueConstraint(fields=["match", "institution"], name="match_party_once"),
        ]
        indexes = [
            models.Index(fields=["institution", "released_at", "match"], name="match_party_inbox"),
            models.Index(
                fields=["match"],
                condition=models.Q(released_at__isnull=True),
                name="match_party_unreleased",
            ),
        ]


class AppliedStanding(models.Model):
    """How far the matches follow the state of an institution (`clues.matching.standing`).

    `live` is what was last applied to all its clues; `toward` what is being applied, of which the clues up to `after` are
    done, 0 when nothing is under way.
    """

    institution = models.OneToOneField(
        "members.Institution", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    live = models.BooleanField()
    toward = models.BooleanField()
    after = models.BigIntegerField()

    class Meta:
        db_table = "applied_standing"
