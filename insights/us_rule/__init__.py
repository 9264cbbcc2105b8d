"""The US rule on posting results, as far as a record allows to test it."""
