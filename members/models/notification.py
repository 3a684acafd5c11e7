"""What each person wants to be told and how, and the mail that waits for them."""

from enum import StrEnum

from django.db import models
from django.db.models import Q


class MailMode(StrEnum):
    """Whether notices of a kind come by e-mail, and when."""

    OFF = "off"
    INSTANT = "instant"
    DIGEST = "digest"


class MailWay(StrEnum):
    """Which of a person's mails a notice waits for."""

    INSTANT = "instant"
    URGENT = "urgent"  # of those who want to be disturbed in their quiet hours
    DIGEST = "digest"


class NotificationSetting(models.Model):
    """A person's language and quiet hours (in Shanghai). Whoever has no row never said anything."""

    user = models.OneToOneField("members.User", on_delete=models.PROTECT, primary_key=True, related_name="+")
    language = models.CharField(max_length=8)
    quiet_from = models.TimeField(null=True)
    quiet_to = models.TimeField(null=True)
    urgent_breaks_quiet = models.BooleanField(default=False)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "notification_setting"
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["zh-hans", "en"]), name="notification_setting_language"),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (Q(quiet_from__isnull=False, quiet_to__isnull=False) & ~Q(quiet_from=models.F("quiet_to"))),
                name="notification_setting_quiet_hours",
            ),
        ]

    def __str__(self) -> str:
        return self.language


class NotificationPreference(models.Model):
    """What a person wants of one kind of notice; without a row, the kind's default."""

    user = models.ForeignKey("members.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    kind = models.CharField(max_length=40)
    in_app = models.BooleanField()
    mail = models.CharField(max_length=8)

    class Meta:
        db_table = "notification_preference"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_preference_once"),
            models.CheckConstraint(
                condition=Q(mail__in=["off", "instant", "digest"]), name="notification_preference_mail"
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class WaitingMail(models.Model):
    """How many notices of each kind wait for one mail to one person. `due_at` is null when nothing waits.

    The row stays, so that the next mail knows when the last one went.
    """

    user = models.ForeignKey("members.User", on_delete=models.PROTECT, db_index=False, related_name="+")
    way = models.CharField(max_length=8)
    counts = models.JSONField(default=dict)
    due_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "waiting_mail"
        constraints = [
            models.UniqueConstraint(fields=["user", "way"], name="waiting_mail_once"),
            models.CheckConstraint(condition=Q(way__in=["instant", "urgent", "digest"]), name="waiting_mail_way"),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True, counts={}) | (Q(due_at__isnull=False) & ~Q(counts={})),
                name="waiting_mail_due_with_counts",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="waiting_mail_due")]

    def __str__(self) -> str:
        return self.way
