"""Where a person finds a record in each system's own pages."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Links:
    """Addresses of one shop's records.

    Source: docs.oracle.com, URLs for account-specific domains; Assumed: the pages' own paths, as people see them.
    """

    netsuite_account: str
    shopify_domain: str

    def netsuite(self, internal_id: str) -> str:
        """A transaction in NetSuite."""
        host = self.netsuite_account.lower().replace("_", "-")
        return f"https://{host}.app.netsuite.com/app/accounting/transactions/transaction.nl?id={internal_id}"

    def shopify(self, shopify_order_id: str) -> str:
        """An order in Shopify's admin."""
        return f"https://{self.shopify_domain}/admin/orders/{shopify_order_id}"

    def loop(self, loop_return_id: str) -> str:
        """A return in Loop's admin."""
        return f"https://admin.loopreturns.com/returns/{loop_return_id}"
