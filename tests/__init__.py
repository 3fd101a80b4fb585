"""Tests of Ledgerloop."""
