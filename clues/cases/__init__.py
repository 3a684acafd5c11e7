"""Cases: opened from a match or a ring, moved by one transition table, approved with four eyes."""
