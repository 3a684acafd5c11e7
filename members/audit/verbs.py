"""Every audit verb, one row each: `noun.verb`, English label. An event with another verb is refused."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

VERBS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        # institutions and people
        "institution.apply": _("Institution applied"),
        "institution.admit": _("Institution admitted"),
        "institution.create": _("Institution created"),
        "institution.suspend": _("Institution suspended"),
        "institution.reinstate": _("Institution reinstated"),
        "institution.quotas.set": _("Quotas changed"),
        # what two people decide
        "approval.propose": _("Proposed for approval"),
        "approval.change": _("Proposal changed"),
        "approval.approve": _("Proposal approved"),
        "approval.return": _("Proposal returned"),
        "approval.withdraw": _("Proposal taken back"),
        "approval.expire": _("Proposal lapsed"),
        "export.take": _("Export taken out of the desk"),
        "user.create": _("Account created"),
        "user.role.set": _("Role changed"),
        "user.deactivate": _("Account deactivated"),
        "user.reactivate": _("Account reactivated"),
        "user.password.set": _("Password changed"),
        "user.password.offer": _("Link for a new password made"),
        "user.login": _("Logged in"),
        "user.logout": _("Logged out"),
        "user.confirm": _("Identity confirmed"),
        "user.factor.add": _("Second factor added"),
        "user.factor.remove": _("Second factor removed"),
        "user.factor.recovery-codes": _("Recovery codes made"),
        "user.factor.reset": _("Second factors reset"),
        "user.session.end": _("Session ended"),
        "lockout.lift": _("Lock-out lifted"),
        "invitation.create": _("Invitation sent"),
        "invitation.resend": _("Invitation sent again"),
        "invitation.revoke": _("Invitation revoked"),
        "invitation.accept": _("Invitation accepted"),
        "credential.register": _("Key registered"),
        "credential.rotate": _("Key rotated"),
        "credential.revoke": _("Key revoked"),
        "webhook.create": _("Webhook registered"),
        "webhook.change": _("Webhook changed"),
        "webhook.delete": _("Webhook deleted"),
        "webhook.rotate": _("Webhook secret changed"),
        "webhook.test": _("Webhook tested"),
        "webhook.replay": _("Webhook deliveries repeated"),
        "webhook.block": _("Webhook blocked: not a public address"),
        "webhook.disable": _("Webhook disabled: its address is gone"),
        "notification.preferences.set": _("Notification preferences changed"),
        # keys of the alliance
        "epoch.open": _("Key epoch opened"),
        "epoch.retire": _("Key epoch retired"),
        "directory.publish": _("Directory published"),
        # clues
        "batch.receive": _("Batch received"),
        "batch.hold": _("Batch held"),
        "batch.release": _("Batch released"),
        "batch.reject": _("Batch rejected"),
        "batch.process": _("Batch processed"),
        "clue.correct": _("Clue corrected"),
        "clue.withdraw": _("Clue withdrawn"),
        "clue.extend": _("Clue extended"),
        "clue.confirm": _("Clues confirmed by a second person"),
        "clue.return": _("Clues returned by a second person"),
        "clue.review.withdraw": _("Review of a clue withdrawn"),
        "clue.certify": _("Clue of grade A decided by the alliance"),
        "screening.ask": _("Screening asked"),
        "match.release": _("Match released"),
        "match.assign": _("Match assigned to a person"),
        "match.acknowledge": _("Match acknowledged"),
        "match.reopen": _("Match taken up again"),
        "ring.build": _("Ring built"),
        "ring.merge": _("Rings merged"),
        "ring.split": _("Ring split"),
        "ring.propose": _("Ring proposed for a case"),
        "ring.confirm": _("Proposal of a ring confirmed"),
        "ring.return": _("Proposal of a ring returned"),
        "ring.set-aside": _("Ring set aside"),
        "retention.delete": _("Rows deleted by retention"),
        # what screening may answer, and what does not count
        "lawful-use.propose": _("Lawful-use matrix proposed"),
        "lawful-use.sign": _("Lawful-use matrix signed"),
        "lawful-use.reject": _("Lawful-use matrix rejected"),
        "noise.propose": _("Noise entries proposed"),
        "noise.approve": _("Noise entry approved"),
        "noise.reject": _("Noise entry rejected"),
        "noise.remove": _("Noise entry removed"),
        "watch.create": _("Watches created"),
        "watch.extend": _("Watch extended"),
        "watch.cancel": _("Watch canceled"),
        # disputes and feedback
        "dispute.open": _("Dispute opened"),
        "dispute.maintain": _("Disputed clue maintained"),
        "dispute.withdraw": _("Disputed clue withdrawn by its institution"),
        "dispute.uphold": _("Dispute upheld"),
        "dispute.reject": _("Dispute rejected"),
        "feedback.give": _("Feedback given on a match"),
        # cases
        "case.open": _("Case opened"),
        "case.triage": _("Case taken up"),
        "case.propose": _("Approval proposed"),
        "case.approve": _("Case approved"),
        "case.return": _("Case returned to triage"),
        "case.report": _("Case reported"),
        "case.close": _("Case closed"),
        "case.dismiss": _("Case dismissed"),
        # what the authorities make of a case, and the guidance for handing one over
        "procedure.record": _("Procedure entry recorded"),
        "procedure.confirm": _("Procedure entry confirmed"),
        "procedure.void": _("Procedure entry voided"),
        "guidance.propose": _("Guidance proposed"),
        "guidance.sign": _("Guidance signed"),
        "guidance.reject": _("Guidance rejected"),
    }
)
