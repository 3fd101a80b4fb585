"""What people ask for beside the engine."""
