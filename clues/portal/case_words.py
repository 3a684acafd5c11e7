"""What the pages of cases say: filters, and what each step of a member does."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

CHOICES: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "ours": _("Ours to act on"),
        "led": _("Led by us"),
        "overdue": _("Overdue"),
    }
)
EFFECTS: Final[Mapping[str, StrPromise]] = MappingProxyType(
    {
        "claim": _(
            "Your institution leads the case from now on: it starts the joint work, brings the evidence together and"
            " declares it ready. The other parties learn that the case has a lead."
        ),
        "join-up": _(
            "The joint work begins: the lead hands out tasks, and every party writes its part and has it approved by its"
            " own second person."
        ),
        "hand-back": _(
            "The case goes back to triage, and another party can take the lead. What was done so far stays. The desk"
            " reads your reason."
        ),
        "ready": _(
            "The evidence is complete, and the alliance's desk looks at it: two people approve the case or return it with"
            " a reason."
        ),
    }
)
