"""The books, in notation that an accountant can review."""
