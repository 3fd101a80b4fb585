"""Do Loop, Shopify and NetSuite agree? Fed from what they show, never from what was written."""
