"""The command line `aif-share`: one file per verb, stdout for data, stderr for sentences.

Needs the extra `cli`. Nothing here ever prints a raw identifier that it was not asked for, nor a key.
"""
