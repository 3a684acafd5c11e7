"""The owner's jobs at the start of a stack: `python -m config.stack.bootstrap migrate|publish`."""

import os
import sys

STEPS = {
    "migrate": (("migrate", {"interactive": False, "verbosity": 0}),),
    "publish": (("open_epoch", {}), ("publish_directory", {})),
}


def main(step: str) -> None:
    """Run the commands of a step; each may be repeated without harm."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command, get_commands

    django.setup()
    for name, options in STEPS[step]:
        if name in get_commands():
            call_command(name, **options)


if __name__ == "__main__":
    main(sys.argv[1])
