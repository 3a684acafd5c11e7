"""Disposition feeds: what platforms and telecom operators pull to take down or block, in clear, and what they did."""
