"""Random acts in Loop, NetSuite and Shopify, and what must hold whatever happens in whatever order."""
