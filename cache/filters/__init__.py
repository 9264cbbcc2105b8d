"""One view of the data as an address, as a predicate and as a sentence."""
