"""Backups: a base backup of PostgreSQL, its archived write-ahead log, and copies of the encrypted evidence (docs/backup.md).

What is not here, and must not lie beside it: the keys. A backup without them opens nothing.
"""
