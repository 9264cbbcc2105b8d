"""``python -m cache import``: exit codes, sentences, and a store that survives whatever ends it."""

import json
import signal
from pathlib import Path

import pytest

from cache.bulk.importing import SCOPE
from cache.store.lock import hold
from cache.store.schema import answer, progress, scope, study, version
from cache.store.store import Store
from tests.fake_registry import FakeRegistry, synthetic_studies
from tests.rigs.bulk_files import bulk_file
from tests.rigs.commands import Run, Start, rows, wait_until

DAY = "2026-11-20"  # of the stand-in's data


@pytest.fixture
def file(fake: FakeRegistry, tmp_path: Path) -> Path:
    return bulk_file(tmp_path / "ctg-studies.json.zip", fake.studies.values())


@pytest.mark.usefixtures("refreshed")
def test_it_says_what_it_brought(run: Run, file: Path, fake: FakeRegistry) -> None:
    code, out, err = run("import", "--bulk", str(file), "--studies", "30", "--json")
    report = json.loads(out)
    assert code == 0
    assert (report["status"], report["changed"], report["error"]) == ("fresh", 0, None)
    assert report["studies_in_file"] == len(fake.studies)
    assert err.splitlines()[0].startswith("[1/1] Whole registry: fresh, ")
    assert err.splitlines()[-1].startswith(f"{len(fake.studies)} studies in the file; ")
    assert not fake.requests, "a file needs no network"
    status = json.loads(run("status", "--json")[1])["file"]
    assert (status["studies"], status["registry_timestamp"]) == (report["studies"], DAY)


def test_a_store_without_a_file_says_so(run: Run) -> None:
    assert json.loads(run("status", "--json")[1])["file"] is None


@pytest.mark.parametrize("content", [b"", b"PK\3\4 cut off", b"<html>"])
def test_a_bad_file_is_refused_with_a_sentence(content: bytes, run: Run, file: Path, env: dict[str, str]) -> None:
    before = rows(env["TRIALS_CACHE_URL"], study)
    file.write_bytes(content)
    code, out, err = run("import", "--bulk", str(file))
    assert (code, out) == (2, "")
    assert "is not the registry's whole file" in err
    assert len(err.splitlines()) == 1
    assert rows(env["TRIALS_CACHE_URL"], study) == before


def test_a_file_that_is_too_small_is_refused(run: Run, file: Path) -> None:
    code, _, err = run("import", "--bulk", str(file))
    assert code == 2
    assert "the registry has about 600,000" in err


@pytest.mark.parametrize("number", ["0", "-3", "many"])
def test_a_number_that_is_none(number: str, run: Run, file: Path) -> None:
    assert run("import", "--bulk", str(file), "--studies", number)[0] == 2


def test_no_file(run: Run, tmp_path: Path) -> None:
    code, _, err = run("import", "--bulk", str(tmp_path / "nothing.zip"))
    assert (code, "No such file" in err) == (2, True)


def test_some_studies_that_cannot_be_read(run: Run, fake: FakeRegistry, tmp_path: Path) -> None:
    path = bulk_file(tmp_path / "some.zip", fake.studies.values(), {"01/NCT00000001.json": b"[]"})
    code, _, err = run("import", "--bulk", str(path), "--studies", "30")
    assert code == 1
    assert "1 record could not be read." in err


def test_while_a_refresh_runs(run: Run, file: Path, env: dict[str, str]) -> None:
    store = Store.open(env["TRIALS_CACHE_URL"])
    with hold(store.engine):
        assert run("import", "--bulk", str(file), "--studies", "30")[0] == 4
    store.close()


# -- stopped ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def long_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that takes a few seconds."""
    return bulk_file(tmp_path_factory.mktemp("long") / "long.zip", synthetic_studies(2500))


def has_come_to(status: str, url: str) -> bool:
    mine = [row for row in rows(url, progress) if row["scope"] == SCOPE]
    return any(row["status"] == status and row["fetched"] for row in mine)


@pytest.mark.parametrize("moment", ["asking", "storing"])
def test_killed_it_has_changed_all_or_nothing(
    moment: str, run: Run, start: Start, long_file: Path, env: dict[str, str]
) -> None:
    url = env["TRIALS_CACHE_URL"]
    before = [rows(url, table) for table in (study, answer, version)]
    process = start("import", "--bulk", str(long_file), "--studies", "30")
    wait_until(lambda: has_come_to(moment, url) or process.poll() is not None)
    process.send_signal(signal.SIGKILL)
    process.wait()
    taken = {row["scope"] for row in rows(url, scope)} >= {SCOPE}  # it may have been too fast for the signal
    assert taken or [rows(url, table) for table in (study, answer, version)] == before
    assert not taken or moment == "storing"
    assert run("check")[0] == 0
    code, out, _ = run("import", "--bulk", str(long_file), "--studies", "30", "--json")
    assert (code, json.loads(out)["new"] == 0) == (0, taken)


def test_interrupted_it_ends_with_130(start: Start, long_file: Path, env: dict[str, str]) -> None:
    url = env["TRIALS_CACHE_URL"]
    before = rows(url, study)
    process = start("import", "--bulk", str(long_file), "--studies", "30")
    wait_until(lambda: has_come_to("asking", url) or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate()
    assert process.returncode == 130
    assert "The import was cancelled; nothing was changed." in err
    assert rows(url, study) == before
