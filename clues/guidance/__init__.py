"""What people look up when a case goes out: authorities, charges with their elements, playbooks (docs/guidance.md)."""
