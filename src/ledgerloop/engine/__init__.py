"""The engine: observe, decide, write one thing, observe again, until nobody wants to write."""
