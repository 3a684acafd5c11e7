"""Daily quotas: counted in PostgreSQL, so that they fail closed."""

from django.db import models

from .fields import CodeField


class QuotaUse(models.Model):
    """Units of one kind that an institution used on one UTC day."""

    pk = models.CompositePrimaryKey("institution_id", "kind", "day")
    institution = models.ForeignKey("members.Institution", on_delete=models.PROTECT, db_index=False)
    kind = CodeField()
    day = models.DateField()
    used = models.BigIntegerField()

    class Meta:
        db_table = "quota_use"
