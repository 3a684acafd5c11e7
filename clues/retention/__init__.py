"""Retention: what is deleted, how long after its use has ended. Set-based, in slices, resumable at any point."""
