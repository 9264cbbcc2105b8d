"""Which agents, names and conditions are watched, and which claims the documents make of them."""
