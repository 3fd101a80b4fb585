"""Ledgerloop: Loop returns and exchanges, authorised, received and refunded in NetSuite, to the cent."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("ledgerloop")
except PackageNotFoundError:
    __version__ = "0+unknown"
