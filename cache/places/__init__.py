"""Where the sites of trials lie, and how far that is from a place."""
