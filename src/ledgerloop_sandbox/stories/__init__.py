"""What people and shoppers do, across the three systems: the acts of the sandbox."""
