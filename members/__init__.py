"""Who takes part: institutions, people, roles, credentials, audit and delivery."""
