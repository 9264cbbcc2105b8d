"""The page of the documents' claims, and the claims about one agent or trial."""
