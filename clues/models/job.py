"""Periodic jobs: whoever claims the row runs the job, so two schedulers do no harm."""

from django.db import models


class Job(models.Model):
    """When a job last ran, and what it found."""

    name = models.CharField(max_length=64, primary_key=True)
    ran_at = models.DateTimeField()
    result = models.JSONField(default=dict)

    class Meta:
        db_table = "job"
