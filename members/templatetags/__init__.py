"""Template filters of `members`."""
