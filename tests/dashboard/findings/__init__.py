"""The findings on the screen."""
