"""Template tags of clues."""
