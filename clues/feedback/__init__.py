"""Feedback: what a party makes of a match, and what it says of those who reported."""
