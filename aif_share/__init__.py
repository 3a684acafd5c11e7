"""AIF-Share for a member: normalize identifiers, turn them into tokens, exchange clues. Knows no web framework.

Importing this package loads nothing but this file; take what you need from its sub-packages.
"""

__version__ = "0.1.0"

__all__ = ["__version__"]
