"""Whether PostgreSQL can be reached from here at all; and if it is its TLS that is refused, what is wrong with that.

The driver refuses before anything is sent: what it says may hold names of hosts and users, so none of it is repeated.
"""

from __future__ import annotations

from typing import Final

from django.db import OperationalError, connection

from clues.doctor.finding import Finding, wrong
from members.row_security import logins

# What libpq says, in the C locale in which the driver's wheel is built; whatever else it says is the last row.
REFUSED: Final[tuple[tuple[str, str, str, str], ...]] = (
    (
        "does not support SSL", "database.tls", "the database does not speak TLS, and DATABASE_URL asks for it",
        "Turn `ssl` on at the server (ssl_cert_file, ssl_key_file); do not ask for less here.",
    ),
    (
        "does not match host name", "database.tls", "the database's certificate is of another name",
        "Give the server a certificate of the name in DATABASE_URL, or write the name that it has.",
    ),
    (
        "certificate verify failed", "database.tls", "the database's certificate is not of the authority in sslrootcert, or not in force",
        "Find out who answers there before anything else. If it is the server: renew its certificate, or name its authority.",
    ),
    (
        "root certificate file", "database.tls", "sslrootcert of DATABASE_URL does not name a file that can be read",
        "Put the authority's certificate there, readable for this process.",
    ),
    (
        "", "database.reach", "the database cannot be reached or does not let this login in",
        "Look whether it runs, and at host, port, login and password in DATABASE_URL.",
    ),
)  # fmt: skip


def refusal() -> Finding | None:
    """Return why there is no connection to the database; None if there is one."""
    try:
        connection.ensure_connection()
    except logins.Unfit as why:  # of our own words
        return wrong(
            "database.login", str(why), "This process does not serve like this; what hangs on rows was not looked at."
        )
    except OperationalError as error:
        said = str(error)
        return next(wrong(code, says, do) for words, code, says, do in REFUSED if words in said)
    return None
