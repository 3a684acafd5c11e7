"""Institutions under one roof; the alliance counts a group as one independent source."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InstitutionGroup(models.Model):
    """A corporate group. Every institution has one, its own if nothing else is said."""

    name = models.CharField(_("name"), max_length=200, unique=True)

    class Meta:
        db_table = "institution_group"
        verbose_name = _("institution group")
        verbose_name_plural = _("institution groups")

    def __str__(self) -> str:
        return self.name
