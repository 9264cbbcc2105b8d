"""What the pages read of a store, all of it that follows from its data and the watch-list alone."""
