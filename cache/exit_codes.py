"""Every exit code of the command lines: small enough to be imported before anything else is."""

DONE = FRESH = 0
# Of a refresh: some agents kept their old data; of a check: the store is not sound; of a digest: some did not take it.
SOME_FAILED = DAMAGED = 1
USAGE = 2
NO_REGISTRY = NOT_TAKEN = 3  # of a digest: no receiver took it
BUSY = 4
LOCAL = 5
CANCELLED = 130
