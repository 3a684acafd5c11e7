"""The stack of a test session, whose commands run in one process instead of one each."""

from __future__ import annotations

from config.stack import Stack, StackError
from tests.browser.people import order


class SessionStack(Stack):
    """A stack whose `manage` and `create_institution` go to the process that carries out orders (tests.browser.people).

    Two seconds of processor time a command would be its start. `Stack.manage(stack, …)` is manage.py itself.
    """

    def manage(self, *arguments: str, owner: bool = False) -> str:
        """Run a command in the role of manage.py and return what it printed; raise StackError if it fails."""
        if owner:
            return super().manage(*arguments, owner=True)
        try:
            return str(order(self, command={"arguments": list(arguments)})["printed"])
        except AssertionError as why:
            raise StackError(f"manage.py {arguments[0]} failed: {str(why).strip()[-2000:]}") from None
