"""Key epochs of the token key, and the signed directory that web serves."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .fields import CodeField


class KeyEpoch(models.Model):
    """One (identifier type, epoch): tokens are equal only inside it; its pepper never changes.

    It is announced, then active from `not_before` on; beside its successor it overlaps until `not_after`, then it is retired.
    `swept_at` is when nothing stood in it any more; null while something may.
    """

    ANNOUNCED, ACTIVE, OVERLAP, RETIRED = "announced", "active", "overlap", "retired"
    IN_FORCE = (ACTIVE, OVERLAP)

    type = CodeField()
    epoch = models.IntegerField()
    suite = models.CharField(max_length=32)
    state = CodeField(default=ACTIVE)
    pepper_id = models.CharField(max_length=32)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    swept_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "key_epoch"
        verbose_name = _("key epoch")
        verbose_name_plural = _("key epochs")
        constraints = [
            models.UniqueConstraint(fields=["type", "epoch"], name="key_epoch_type_epoch"),
            models.CheckConstraint(
                condition=models.Q(state__in=["announced", "active", "overlap", "retired"]),
                name="key_epoch_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.type} · {self.epoch}"


class KeyDirectory(models.Model):
    """The key directory as the alliance signed it: exact bytes, never made again by web."""

    signed = models.TextField()
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "key_directory"
