"""The Loop simulator: returns, their actions, their webhooks."""
