"""What a person asks for: look things up, check the set-up, read a window again."""
