"""Check the platform's transparency log: signed checkpoints, proofs, and the whole log against both.

What a member, a regulator or an auditor runs. It shares no code with what writes the log, so that one mistake cannot
be on both sides.
"""
