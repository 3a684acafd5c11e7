"""The REST API's common ground: keys, scopes, problems, pages, and `GET /api/v1/me`."""
