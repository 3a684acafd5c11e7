"""The owner's jobs at the start of a stack, in one process: `python -m config.stack.bootstrap COMMAND…`."""

import os
import sys


def main(commands: list[str]) -> None:
    """Run these commands of manage.py, none of which minds being repeated."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command

    django.setup()
    for name in commands:
        call_command(name, **({"interactive": False, "verbosity": 0} if name == "migrate" else {}))


if __name__ == "__main__":
    main(sys.argv[1:])
