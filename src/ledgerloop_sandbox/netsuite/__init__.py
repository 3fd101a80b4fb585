"""One NetSuite account in memory: records, status machines, general ledger, SuiteQL and the REST surface."""
