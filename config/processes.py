"""Which process this is: AIF_PROCESS must name the program that runs, for what holds a process goes by it."""

from django.conf import settings

from config.env import Misconfigured


def insist(process: str) -> None:
    """Raise Misconfigured unless AIF_PROCESS says what this program is."""
    if process != settings.AIF_PROCESS:
        raise Misconfigured(f"AIF_PROCESS must be {process} here, or absent where the program sets it itself")
