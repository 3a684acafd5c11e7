"""A custodian: one key holder of the chain, its own process with its own user, seed and quota store.

It authenticates the member itself, charges that member by elements, evaluates, and logs volume, never content. It
knows no identifier, no token and no other custodian. Not here: the directory, which the alliance signs elsewhere.
"""
