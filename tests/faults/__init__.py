"""Faults on a whole running stack, and what must hold after each of them.

`world` starts the stack with a proxy before Redis and PostgreSQL, `load` submits and keeps the ledger of what was
acknowledged, `table` lists the faults, `invariants` what must hold. `python -m tests.faults` runs them; docs/faults.md.
"""
