"""The commands that print the evidence as rows."""
