"""The words of trial registries, explained for people who do not run trials."""
