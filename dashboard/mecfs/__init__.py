"""The page of all ME/CFS trials."""
