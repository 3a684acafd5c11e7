"""Write clues/doctor/guards.txt, by which the doctor knows what the migrations made. Run after a new migration."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ |= {"AIF_ENV": "test", "DJANGO_SETTINGS_MODULE": "config.settings"}


def main() -> None:
    """Migrate a database (or copy one that was), and ask it."""
    import django

    django.setup()
    from clues.doctor import guards
    from config.stack.postgres import connected
    from tests.embedded import TEMPLATE, TestServer, prepare

    prepare()
    server = TestServer()
    try:
        server.start()
        with connected(server.superuser_url(TEMPLATE)) as cursor:
            guards.write(cursor)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
