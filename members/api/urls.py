"""Addresses below /api/v1/ that belong to `members`."""

from django.urls import path

from members.api.credentials import (
    CredentialRevokeView,
    CredentialRotateView,
    CredentialsView,
    CredentialView,
)
from members.api.docs import docs
from members.api.log import LogConsistencyView, LogEntriesView, LogInclusionView, LogView, LogWitnessView
from members.api.me import MeView, QuotaView
from members.api.problem_catalog import ProblemCatalogView
from members.api.webhooks import (
    DeliveriesView,
    DeliveryReplayView,
    ReplayView,
    RotateSecretView,
    WebhooksView,
    WebhookTestView,
    WebhookView,
)

app_name = "members-api"

urlpatterns = [
    path("me", MeView.as_view(), name="me"),
    path("quota", QuotaView.as_view(), name="quota"),
    path("credentials", CredentialsView.as_view(), name="credentials"),
    path("credentials/<str:credential>", CredentialView.as_view(), name="credential"),
    path("credentials/<str:credential>/rotate", CredentialRotateView.as_view(), name="credential-rotate"),
    path("credentials/<str:credential>/revoke", CredentialRevokeView.as_view(), name="credential-revoke"),
    path("webhooks", WebhooksView.as_view(), name="webhooks"),
    path("webhooks/<str:webhook>", WebhookView.as_view(), name="webhook"),
    path("webhooks/<str:webhook>/test", WebhookTestView.as_view(), name="webhook-test"),
    path("webhooks/<str:webhook>/rotate-secret", RotateSecretView.as_view(), name="webhook-rotate-secret"),
    path("webhooks/<str:webhook>/deliveries", DeliveriesView.as_view(), name="webhook-deliveries"),
    path(
        "webhooks/<str:webhook>/deliveries/<str:delivery>/replay",
        DeliveryReplayView.as_view(),
        name="webhook-delivery-replay",
    ),
    path("webhooks/<str:webhook>/replay", ReplayView.as_view(), name="webhook-replay"),
    path("log", LogView.as_view(), name="log"),
    path("log/entries", LogEntriesView.as_view(), name="log-entries"),
    path("log/inclusion", LogInclusionView.as_view(), name="log-inclusion"),
    path("log/consistency", LogConsistencyView.as_view(), name="log-consistency"),
    path("log/witness", LogWitnessView.as_view(), name="log-witness"),
    path("docs", docs, name="docs"),
    path("problems", ProblemCatalogView.as_view(), name="problems"),
]
