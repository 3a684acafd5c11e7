#!/usr/bin/env python
"""Django's command line, talking to the running stack unless DATABASE_URL says otherwise."""

import os
import sys


def main() -> None:
    """Find the environment, then run the command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config.stack.attach import attach

    attach(sys.argv[1] if len(sys.argv) > 1 else "help")

    from django.core.management import execute_from_command_line

    import config.celery  # noqa: F401  (a command that rings for the worker does so through this application)

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
