"""Watches: being told when somebody later reports a token. The matcher brings them into force and tells of hits."""
