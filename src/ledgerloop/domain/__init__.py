"""Words and laws of the trade: pure, no network, no store, no clock."""
