"""People: who may come in, how they sign in, and what they come in with."""
