"""Mappings as files and as lists: read, merged, written and told."""
