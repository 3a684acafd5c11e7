"""The whole platform on one machine, from Python wheels: embedded servers, and a supervisor that owns them."""

from config.stack.folders import StackError, wipe
from config.stack.running import Stack

__all__ = ["Stack", "StackError", "wipe"]
