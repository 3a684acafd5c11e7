"""Submissions: from a request body to rows that wait for the matcher. Never matches anything."""
