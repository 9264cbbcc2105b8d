"""Countries: their names, their places, and the outline of land they lie on."""
