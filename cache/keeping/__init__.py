"""How an answer becomes what the store holds: staging, merging, versions and events, engines and their troubles."""
