"""What is reached over HTTP: webhooks, health and metrics."""
