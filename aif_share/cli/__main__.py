"""`python -m aif_share.cli`."""

from aif_share.cli.main import main

main()
