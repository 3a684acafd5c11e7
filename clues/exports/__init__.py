"""A member's own clues, matches and content as files: what it may see anyway, in one piece, each export in the trail."""
