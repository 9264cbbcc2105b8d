"""What moved between two versions of a record, how much it weighs, and how it is told."""
