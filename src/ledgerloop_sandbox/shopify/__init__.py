"""The Shopify simulator: orders, transactions, refunds, returns; GraphQL and webhooks."""
