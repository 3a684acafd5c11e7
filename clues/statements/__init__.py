"""Statements of a period: the alliance's monthly bulletin, and each institution's own each quarter."""
