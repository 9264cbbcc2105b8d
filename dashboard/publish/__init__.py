"""All pages of a view as static HTML, which needs no server."""
