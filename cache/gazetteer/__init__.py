"""Cities of the world by name, from GeoNames, found without asking anybody."""
