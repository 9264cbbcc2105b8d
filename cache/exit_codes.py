"""Every exit code of the command lines: small enough to be imported before anything else is."""

DONE = FRESH = 0
SOME_FAILED = DAMAGED = 1  # of a refresh: some agents kept their old data; of a check: the store is not sound
USAGE = 2
NO_REGISTRY = 3
BUSY = 4
LOCAL = 5
CANCELLED = 130
