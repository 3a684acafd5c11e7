"""`make bench`: the product beside the obvious ways of doing the same, in one run on one machine."""
