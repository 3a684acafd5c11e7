"""The drill of a restore: `make restore-drill` (docs/backup.md)."""
