"""Row-level security: the database shows web only the rows of whoever the request was authenticated as.

`viewer=` decides what an operation answers; below it PostgreSQL decides what a statement of the role aif_web can reach at
all, by policies that read a *context*: who the request acts for, signed by this process and checked in the database. A
statement that somebody smuggles in reaches nothing more, for it can sign nothing. ADR 0047.
"""

from members.row_security.context import act_for, leave, looking_up

__all__ = ["act_for", "leave", "looking_up"]
