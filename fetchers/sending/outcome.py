"""What can come of handing something over, when it was not taken."""

from fetchers.errors import TrackerError


class NotTaken(TrackerError):
    """It was certainly not taken: nobody answered, or the other side refused it."""


class Unsure(TrackerError):
    """It was handed over whole and no answer came: it may have been taken or not."""
