"""Simulators of Loop, Shopify and NetSuite, met only over HTTP."""
