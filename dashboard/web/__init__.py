"""What the server answers to programs."""
