"""The three remotes: all HTTP of the connector goes through here."""
