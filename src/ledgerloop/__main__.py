"""`python -m ledgerloop`."""

from ledgerloop.cli import main

main()
