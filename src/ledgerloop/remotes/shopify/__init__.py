"""Shopify: reads an order's money and what was updated; writes no money, ever."""
