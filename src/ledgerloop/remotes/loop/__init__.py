"""Loop Returns: reads returns, and acts on them where the warehouse decides."""
