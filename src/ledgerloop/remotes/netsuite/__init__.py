"""NetSuite: REST records and SuiteQL."""
