"""What may be done with a case: where it stands, what is done, who may. Written by hand, not read from the table.

Nothing here is imported from `clues.cases`: what is wrong there is not wrong here in the same way.
"""

from __future__ import annotations

# Where it stands | what is done | who may | whose turn it would be, were something asked for before.
_TABLE = """
candidate                | triage        | operator approver
candidate                | dismiss       | operator approver
candidate                | merge         | approver
triage                   | claim         | lead-analyst lead-key party-analyst party-key
triage                   | assign-lead   | operator approver
triage                   | dismiss       | approver
triage                   | merge         | approver
lead-claimed             | join-up       | operator lead-analyst lead-key
lead-claimed             | assign-lead   | operator approver
lead-claimed             | hand-back     | operator lead-analyst lead-key
lead-claimed             | dismiss       | approver
lead-claimed             | merge         | approver
joint                    | ready         | operator lead-analyst lead-key
joint                    | assign-lead   | operator approver
joint                    | excuse        |                 | operator
joint                    | dismiss       | approver
joint                    | merge         | approver
evidence-ready           | propose       | operator
evidence-ready           | approve       |                 | approver
evidence-ready           | return        | approver
evidence-ready           | dismiss       | approver
evidence-ready, proposed | propose       |                 | operator
evidence-ready, proposed | approve       | approver
evidence-ready, proposed | return        | approver
evidence-ready, proposed | dismiss       | approver
approved                 | ask-report    | operator
approved                 | report        |                 | approver
approved                 | refuse-report |                 | approver
approved                 | return        | approver
approved, report asked   | ask-report    |                 | operator
approved, report asked   | report        | approver
approved, report asked   | refuse-report | approver
approved, report asked   | return        | approver
reported                 | close         | approver
closed                   | ask-reopen    | operator
closed                   | reopen        |                 | approver
closed                   | refuse-reopen |                 | approver
closed, reopening asked  | ask-reopen    |                 | operator
closed, reopening asked  | reopen        | approver
closed, reopening asked  | refuse-reopen | approver
"""


def _read() -> tuple[dict[tuple[str, str], set[str]], dict[tuple[str, str], set[str]]]:
    allowed, waiting = {}, {}
    for line in _TABLE.strip().splitlines():
        at, action, who, *later = (part.strip() for part in line.split("|"))
        allowed[at, action] = set(who.split())
        waiting[at, action] = set(later[0].split()) if later else set()
    return allowed, waiting


ALLOWED, WAITING = _read()
PLACES = (
    "candidate", "triage", "lead-claimed", "joint", "evidence-ready", "evidence-ready, proposed", "approved",
    "approved, report asked", "reported", "closed", "closed, reopening asked", "dismissed", "merged",
)  # fmt: skip
ACTIONS = sorted({action for _at, action in ALLOWED} | {"open", "absorb", "no-such-action", ""})

DESK = {"operator", "approver"}
MEMBERS = {
    "lead-analyst", "lead-approver", "lead-admin", "lead-auditor", "lead-key", "lead-reading-key", "party-analyst",
    "party-key",
}  # fmt: skip
SEE_NO_CASES = {"lead-submitter", "lead-submitting-key", "shut-operator"}
STRANGERS = {"stranger-analyst", "stranger-key"}
ACTORS = sorted(DESK | MEMBERS | SEE_NO_CASES | STRANGERS)
THE_LEADS = {"join-up", "hand-back", "ready"}
OF_ANY_PARTY = {"claim"}
MAY_WORK = {"lead-analyst", "lead-key", "party-analyst", "party-key"}
NEED_A_REASON = {
    "dismiss", "excuse", "merge", "hand-back", "return", "refuse-report", "close", "ask-reopen", "refuse-reopen", "reopen",
}  # fmt: skip


def expected(at: str, action: str, actor: str) -> str:
    """Return `ok`, or the code with which the actor is refused."""
    if actor in SEE_NO_CASES:
        return "permission-missing"
    if actor in STRANGERS:
        return "not-found"
    if (at, action) not in ALLOWED:
        return "transition-refused"
    if actor in ALLOWED[at, action]:
        return "ok"
    if actor in WAITING[at, action]:
        return "transition-refused"
    if action in THE_LEADS and actor in MAY_WORK:
        return "not-the-lead"
    return "permission-missing"
