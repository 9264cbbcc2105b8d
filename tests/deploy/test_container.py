"""The Dockerfile: what it may not do, what gets in, and that what the README says of it is so.

Its commands are run by ``python -m tests.tools.container``, and hadolint reads it; ``.ci/run`` does both. It was never
built as an image.
"""

import re
import shlex
from pathlib import Path, PurePosixPath

import pytest
from streamlit import config

from cache.__main__ import parser
from cache.store.files import path_of
from dashboard.routes import ROUTES
from dashboard.web.door import PROBES
from fetchers.settings import ROOT, VARIABLES, Settings
from tests.browser.serving import start_command
from tests.test_packaging import LEFT_OUT, ROOMS, files
from tests.tools.container import LEFT_OUT as ADDS_THE_USER
from tests.tools.container import README, told_commands
from tests.tools.dockerfile import Dockerfile, Instruction, arriving, copied, exec_form, gets_in, ignored

OURS = Dockerfile.ours()
SECTION = README.read_text(encoding="utf-8").partition("\n## In a container\n")[2].partition("\n## ")[0]
SECRET = re.compile("PASSWORD|SECRET|TOKEN|KEY", re.I)


def test_the_base_is_the_python_of_the_checks() -> None:
    version = re.search(r'^python_version = "([\d.]+)"', (ROOT / "pyproject.toml").read_text(encoding="utf-8"), re.M)
    assert version
    assert re.fullmatch(rf"python:{re.escape(version[1])}-slim-[a-z]+", OURS.only("FROM"))


def test_it_runs_as_somebody_who_is_not_root_and_whom_every_cluster_can_tell_from_root() -> None:
    user, _, group = OURS.only("USER").partition(":")
    assert int(user) > 1000
    (added,) = (one for one in OURS.all("RUN") if one.startswith(ADDS_THE_USER))
    assert f"--uid {user} " in added
    assert f"--gid {group} " in added
    names = [one.name for one in OURS.instructions]
    assert names.index("USER") > max(at for at, name in enumerate(names) if name in ("RUN", "COPY"))


def test_it_starts_as_the_readme_says_and_no_shell_stands_between() -> None:
    assert OURS.command() == ["python", *start_command()[1:]]


def test_the_health_check_asks_whether_the_server_lives() -> None:
    options, command = OURS.health()
    (asked,) = re.findall(r"'(/[^']+)'", command[-1])
    assert asked in PROBES
    assert asked in [route.path for route in ROUTES]
    assert command[:2] == ["python", "-c"]
    (patience,) = re.findall(r"timeout=(\d+)", command[-1])
    assert int(patience) < int(options["timeout"].removesuffix("s"))
    assert {"interval", "start-period", "retries"} < set(options)


def test_the_port_is_the_one_the_server_has_by_itself() -> None:
    port = config._config_options_template["server.port"].default_val
    assert OURS.only("EXPOSE") == str(port)
    assert f"'{port}'" in OURS.health()[1][-1]


def test_the_store_and_what_is_made_of_it_lie_in_the_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OURS.environment().items():
        monkeypatch.setenv(name, value)
    volume = Path(OURS.only("VOLUME"))
    store = path_of(Settings.from_env().cache_url)
    assert store
    assert store.parent == volume
    assert Path(OURS.environment()["CACHE_DIRECTORY"]).is_relative_to(volume)
    assert f"--home-dir {volume} " in OURS.all("RUN")[0]


def test_whoever_reaches_it_may_read_and_nobody_may_press_the_button(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in OURS.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings.from_env().refresh is None  # decided by the address, and 0.0.0.0 is not loopback
    assert OURS.environment()["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"


def test_every_variable_exists() -> None:
    known = {variable.name for variable in VARIABLES} | {"PYTHONUNBUFFERED", "CACHE_DIRECTORY"}
    names = [re.sub("([A-Z])", r"_\1", option.replace(".", "_")).upper() for option in config._config_options_template]
    assert set(OURS.environment()) <= known | {f"STREAMLIT_{name}" for name in names}


def test_no_secret_is_in_the_image() -> None:
    assert not [name for name in OURS.environment() if SECRET.search(name)]
    for path in ("dashboard/.streamlit/secrets.toml", "cache/mine.env", "fetchers/.env", ".git/config"):
        assert not gets_in(PurePosixPath(path), ignored()), path


def test_all_of_the_product_gets_in_and_nothing_else() -> None:
    arrived = {path.relative_to(ROOT) for text in OURS.all("COPY") for path, _ in arriving(text)}
    assert {path for path in arrived if path.parts[0] in ROOMS} == set(files())
    for text in OURS.all("COPY"):
        sources, target = copied(text)
        for source in sources:
            assert (ROOT / source).exists(), source
            assert [place for _, place in arriving(text)], source
            assert target == ("./" if (ROOT / source).is_file() else source)
    admitted = {one.name for one in ROOT.iterdir() if gets_in(PurePosixPath(one.name), ignored())}
    assert admitted == {source for text in OURS.all("COPY") for source in copied(text)[0]}
    assert {"LICENSE", "NOTICE"} < admitted


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_that_was_made_here_gets_in(room: str) -> None:
    made = [one for one in LEFT_OUT if one != "data" or room == "cache"]
    for folder in made:
        assert not gets_in(PurePosixPath(room, folder, "x"), ignored())
    assert not gets_in(PurePosixPath(room, "deep", "__pycache__", "x.pyc"), ignored())


def test_what_is_installed_is_copied_before_and_pinned() -> None:
    (install,) = (one for one in OURS.all("RUN") if "pip install" in one)
    named = re.findall(r"-[cr] (\S+)", install)
    assert {"constraints.txt", "requirements.txt", "requirements-server.txt"} == set(named)
    before = OURS.instructions[: OURS.instructions.index(Instruction("RUN", install))]
    there = {source for one in before if one.name == "COPY" for source in copied(one.text)[0]}
    assert set(named) == there  # and no code: a change of it installs nothing anew


def test_the_readme_runs_it_closed_and_with_its_volume() -> None:
    (run,) = (shlex.split(one) for one in re.findall(r"^docker run .*$", SECTION.replace("\\\n", " "), re.M))
    port, volume = OURS.only("EXPOSE"), OURS.only("VOLUME")
    for wanted in (f"127.0.0.1:{port}:{port}", f"trials:{volume}", "--read-only", "--tmpfs", "--init"):
        assert wanted in run
    assert "docker build --pull --tag trial-tracker ." in SECTION
    assert run[-1] == "trial-tracker"


def test_the_readmes_commands_in_the_container_are_accepted_and_write_into_the_volume() -> None:
    commands = [shlex.split(one) for one in told_commands()]
    assert {one[3] for one in commands} >= {"refresh", "backup", "restore", "check"}
    for words in commands:
        parser().parse_args(words[3:])
        assert all(one.startswith(OURS.only("VOLUME")) for one in words if one.startswith("/"))


def test_the_readme_says_that_it_was_never_built() -> None:
    assert "never been built" in SECTION
    assert set(re.findall(r"TRIALS_[A-Z_]+", SECTION)) <= {variable.name for variable in VARIABLES}


def test_ci_reads_it_and_runs_its_commands() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'hadolint" Dockerfile' in script
    assert " -m tests.tools.container" in script


# -- the reader itself ----------------------------------------------------------------------------------------------


def test_lines_are_joined_and_comments_left_out() -> None:
    read = Dockerfile('# a\nFROM b\nRUN c \\\n    # not d\n    && e\nENV A=1 \\\n  B=\'2 3\'\nCMD ["f", "g h"]\n')
    assert read.all("RUN") == ["c && e"]
    assert read.environment() == {"A": "1", "B": "2 3"}
    assert read.command() == ["f", "g h"]


@pytest.mark.parametrize(
    "text",
    [
        "ADD http://a b",
        "ARG A",
        "COPY --chown=0 a b",
        "RUN --mount=type=secret,id=a b",
        "RUN <<END",
        "USER a\nUSER b",
        "FROM c",
        "run a",
    ],
)
def test_what_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not known here|more than once"):
        Dockerfile(f"FROM a\n{text}\n")


@pytest.mark.parametrize("text", ["python -m streamlit", '"python"', "[]", '["python", 1]'])
def test_a_command_for_a_shell_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a list of words|Expecting value"):
        exec_form(text)


@pytest.mark.parametrize(
    ("path", "patterns", "admitted"),
    [
        ("a", [], True),
        ("a/b", ["*"], False),
        ("a/b", ["*", "!a"], True),
        ("a/b/c", ["*", "!a", "a/b"], False),
        ("x/a/b", ["a/b"], True),
        ("a/b/c.env", ["**/*.env"], False),
        ("c.env", ["**/*.env"], False),
        ("a/c.env", ["*.env"], True),
        ("a.b", ["a?b"], False),
        ("a/b", ["a?b"], True),
    ],
)
def test_the_last_line_that_fits_decides(path: str, patterns: list[str], admitted: bool) -> None:
    assert gets_in(PurePosixPath(path), patterns) is admitted
