"""The demonstration alliance: eight institutions, some 20,000 synthetic clues, and what must be found in them."""
