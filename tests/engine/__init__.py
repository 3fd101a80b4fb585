"""The durable runner, on both databases."""
