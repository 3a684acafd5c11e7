"""Django's PostgreSQL back end, with one addition: the owner's processes become `aif_owner` on connect."""
