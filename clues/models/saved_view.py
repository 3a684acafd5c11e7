"""Saved views: filters of a list under a name, one person's own."""

from django.db import models


class SavedView(models.Model):
    """The filters of one list as a person named them."""

    user = models.ForeignKey("members.User", on_delete=models.PROTECT, related_name="+", db_index=False)
    page = models.CharField(max_length=32)
    name = models.CharField(max_length=60)
    filters = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "saved_view"
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_view_once")]

    def __str__(self) -> str:
        return self.name
