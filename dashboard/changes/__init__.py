"""The page of changes, and the changes of one agent or trial."""
