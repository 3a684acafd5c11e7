"""Static files are looked for once in a test process, not once for each client: a client builds its middleware anew.

Reading their sizes and dates costs some 20 ms of processor time, and a test may make hundreds of clients.
"""

from __future__ import annotations

from typing import Any

from whitenoise.middleware import WhiteNoiseMiddleware

_found: dict[str, Any] = {}


def share() -> None:
    """From now on every client has the files that the first one found."""
    look = WhiteNoiseMiddleware.add_files_from_finders

    def add_files(self: WhiteNoiseMiddleware) -> None:
        if not _found:
            look(self)
            _found.update(self.files)
        self.files.update(_found)

    WhiteNoiseMiddleware.add_files_from_finders = add_files
