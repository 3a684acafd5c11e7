"""`python -m config.roles`: give the login roles the passwords their processes will use.

Run once after migrations, with DATABASE_ADMIN_URL and, for each process, the address it will be given:
DATABASE_URL_WEB, DATABASE_URL_DESK, DATABASE_URL_MATCH, DATABASE_URL_AUDIT. Each may be a file (…_FILE). Passwords are hashed here; the server never sees one.
"""

import sys

from config import env
from config.stack.postgres import set_passwords

ADDRESSES = {
    "DATABASE_URL_WEB": "aif_web",
    "DATABASE_URL_DESK": "aif_desk",
    "DATABASE_URL_MATCH": "aif_match",
    "DATABASE_URL_AUDIT": "aif_audit",
}


def read_passwords() -> dict[str, str]:
    """Return {role: password}; an address that names another role than its process's is an error."""
    passwords = {}
    for name, role in ADDRESSES.items():
        address = env.database(name)
        if address["USER"] != role:
            raise env.Misconfigured(f"{name} must log in as {role}")
        if not address["PASSWORD"]:
            raise env.Misconfigured(f"{name} holds no password")
        passwords[role] = address["PASSWORD"]
    return passwords


def main() -> int:
    """Set them; print the roles, never a password."""
    try:
        passwords = read_passwords()
        set_passwords(env.text("DATABASE_ADMIN_URL"), passwords)
    except env.Misconfigured as why:
        print(why, file=sys.stderr)
        return 2
    print("passwords set: " + ", ".join(sorted(passwords)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
