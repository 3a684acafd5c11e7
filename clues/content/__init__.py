"""Content in clear: links that members report, sheets for platforms, and what the platforms answered."""
