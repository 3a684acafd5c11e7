"""Demands to open evidence: by a draw that nobody steers and by disputes; opened in time, or the clue is withdrawn."""
