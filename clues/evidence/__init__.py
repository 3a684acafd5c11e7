"""Evidence of a case: received in pieces into the vault, held by one party's part, opened with a reason, destroyed with its key."""
