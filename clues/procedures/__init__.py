"""What the authorities make of a case: proceedings in tracks, recorded entry by entry (docs/outcomes.md)."""
