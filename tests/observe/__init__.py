"""What Ledgerloop tells of itself: figures, log lines, spans."""
