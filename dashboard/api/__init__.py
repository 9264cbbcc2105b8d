"""The read API: one set of resources for programs over HTTP and for assistants over the Model Context Protocol."""
