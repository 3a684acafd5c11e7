"""Periodic jobs: whoever claims the row runs the job, so two schedulers do no harm."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    """When a job last ran, and what it found."""

    name = models.CharField(max_length=64, primary_key=True)
    ran_at = models.DateTimeField()
    result = models.JSONField(default=dict)

    class Meta:
        db_table = "job"
        verbose_name = _("job")
        verbose_name_plural = _("jobs")

    def __str__(self) -> str:
        return self.name
