"""The commands by which deploy/README.md backs a database up and restores it are run as they stand there.

Left out are systemd and the users of the machine: ``systemctl`` does nothing, ``runuser`` runs the command itself.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import delete

from cache.store.schema import searched, version
from cache.store.store import Store
from fetchers.settings import ROOT
from tests.fake_registry import agent_studies
from tests.rigs import databases
from tests.rigs.answering import everything
from tests.rigs.nginx import DEPLOY
from tests.rigs.refresh import Rig

NAME = "trials"  # of the database, in the commands
_ELSEWHERE = 'set -euo pipefail\nsystemctl() { :; }\nrunuser() { shift 3; "$@"; }\n'


def commands(section: str) -> str:
    """The block of commands under this heading."""
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {section}$.*?^```\n(.*?)^```$", readme, re.M | re.S)
    assert found, section
    return found[1]


@pytest.fixture
def database() -> Iterator[str]:
    server = databases.server()
    made = server.database()
    server.run(f"ALTER DATABASE {made} RENAME TO {NAME}")
    yield server.address(NAME)
    server.run(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def run(section: str, url: str, folder: Path) -> str:
    """Its commands, somewhere in the machine, with the folders of the machine below ``folder``."""
    given = folder / "trials.env"
    given.write_text(f"TRIALS_REFRESH=nobody\nTRIALS_CACHE_URL={url}\n", encoding="utf-8")
    text = commands(section)
    places = {
        ".venv/bin/python": sys.executable,
        "/srv/trial-tracker": str(ROOT),
        "/var/backups": str(folder),
        "/etc/trials": str(folder),
    }
    for before, after in places.items():
        text = text.replace(before, shlex.quote(after))
    server, programs = databases.server(), databases.programs()
    own = {"PGHOST": str(server.folder), "PGUSER": databases.USER, "PGPASSWORD": databases.PASSWORD}
    done = subprocess.run(
        ["bash", "-c", _ELSEWHERE + text], cwd=folder, capture_output=True, text=True, check=False,
        env=os.environ | own | {"PATH": f"{programs}:{os.environ['PATH']}"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_what_was_backed_up_is_there_again(database: str, tmp_path: Path) -> None:
    with Rig(agent_studies(), url=database) as rig:
        rig.refresh("sizofiran", "ivig")
        before, state = everything(rig.store, []), rig.store.state()
    assert before["study"]
    assert before["version"]
    run("Back up", database, tmp_path)
    with closing(Store.open(database)) as store, store.writing() as connection:
        connection.execute(delete(searched))
        connection.execute(delete(version))
    said = run("Restore", database, tmp_path)
    assert "The store is sound." in said
    with closing(Store.open(database)) as store:
        assert everything(store, []) == before
        assert store.state() == state
