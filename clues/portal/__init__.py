"""The members' portal of clues: what needs them, their batches, matches and cases. Thin; strangers get 404."""
