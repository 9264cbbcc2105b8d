"""A folder that is written whole or stays as it was."""

from collections.abc import Iterable
from pathlib import Path

from cache.export.atomic_folder import replaced
from dashboard.publish.site import File

MARK = ".trial-tracker-site"  # says that a folder is one of ours
_SAID = "Written by “python -m dashboard publish”, which replaces this whole folder when it runs again.\n"


def write(out: Path, files: Iterable[File], *, force: bool = False) -> int:
    """Write the files to a new folder and put it in the place of ``out``; returns their number.

    Until the last file is written the old folder stays as it is. Raises Validation for a folder with content that is
    not a site of ours (``force``: replace it anyway), LocalTrouble when it cannot be written.
    """
    with replaced(out, MARK, _SAID, what="site", advice="Choose another folder, or --force.", force=force) as new:
        return len([(new / file.name).write_bytes(file.content) for file in files])
