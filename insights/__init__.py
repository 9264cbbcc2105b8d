"""The evidence: what the registry's records say about the agents and the documents' claims. Pure, without a page."""
