"""What somebody follows: a view of the data, and the changes that are told of it."""
