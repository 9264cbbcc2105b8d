"""Which agents a record gives, mentions or excludes, under which name and in which role."""
