"""The registry's whole file on its way into the store."""
