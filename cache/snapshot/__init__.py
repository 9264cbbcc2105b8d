"""What all pages read of one state of a store, in columns, in a folder beside it: made once, for every process."""
