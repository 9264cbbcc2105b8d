"""Every error this product raises on purpose: one root, and a class for each thing a caller may do about it.

The text of an error is written for the person at the screen: what happened, then what to do. The error
of a third-party library that was the cause is attached as ``__cause__``.
"""


class TrackerError(Exception):
    """Root of the tree; ``str(error)`` is one sentence fit to be shown as it is."""


class Transport(TrackerError):
    """No usable answer came: time-outs, 429, 5xx, cut bodies, a web page instead of data, after all retries."""


class Refused(Transport):
    """The source answered 403: it refuses this machine. Never asked again in the same run."""


class Postponed(Transport):
    """The source asks for more patience than a refresh has, and says until when. Not asked again in the same run."""


class DataReloaded(Transport):
    """The registry loaded new data between two of its pages; the agent has to be asked from page one."""


class Incomplete(Transport):
    """An answer arrived that cannot be whole: distinct ids and set-aside records do not add up to its total."""


class NotFound(TrackerError, LookupError):
    """The registry says by name that there is no such study."""


class Rejected(TrackerError):
    """The registry answered 400: our question is wrong. Carries the registry's own words; a bug to report."""


class Parsing(TrackerError):
    """Bytes came, but they are not what the API promises."""


class Validation(TrackerError, ValueError):
    """What the user gave is wrong, noticed before anything was asked: options, watch-list, environment, URL."""


class LocalTrouble(TrackerError):
    """This machine's side failed: the store is damaged, locked, newer than the code, not writable, or full."""


class Cancelled(TrackerError):
    """The user asked to stop; raised between two requests and during waits, never in the middle of an answer."""
