"""Campaigns of the alliance with authorities: planned and run at the desk, seen by the members, counted over their cases."""
