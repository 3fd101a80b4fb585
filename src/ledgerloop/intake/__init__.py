"""The one door: webhooks and polls only record what was seen and mark an order as due."""
