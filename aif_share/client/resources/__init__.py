"""The API's resources, one file each: what `Client.<name>` offers, and the answers it gives.

Reads give frozen answers, lists are iterators over all pages. Writes make their own Idempotency-Key, or take yours, so
that repeating one is safe. An edit takes the object you read, or its reference and `version`: if somebody changed it
meanwhile, it raises VersionChanged and changes nothing.
"""
