"""Each sync by itself, on cases made by hand."""
