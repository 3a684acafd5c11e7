"""The demonstration's own lawful-use matrix: it allows personal types too, and says in its title what it is.

Nothing here is anybody's legal advice: on a real platform counsel decides, and two people of the alliance sign.
"""

from __future__ import annotations

TITLE = "DEMONSTRATION ONLY: invented people, all types"
RULES = """\
# For invented people only. On a real platform personal types stay unresolved until counsel has spoken.
# verdict  purpose  category  grade  type          -- ground
allowed    *        *         *      non-personal  -- identifies a service, a site, a file or a company, not a person
allowed    *        *         *      personal      -- demonstration: nobody here exists
"""


def sign_demo_matrix(*, proposer: str, signer: str) -> None:
    """Propose and sign it as two people of the desk, by user name."""
    from django.utils import timezone

    from clues.screening.lawful_use import signing
    from members.models import User

    matrix = signing.propose(title=TITLE, rules=RULES, by=User.objects.get(username=proposer), now=timezone.now())
    signing.sign(matrix_id=matrix.pk, by=User.objects.get(username=signer), now=timezone.now())
