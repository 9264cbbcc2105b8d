"""Every environment variable: default, good values, bad values."""

from pathlib import Path

import pytest

from fetchers.errors import Validation
from fetchers.settings import ROOT, VARIABLES, Settings, default_store


def test_defaults() -> None:
    found = Settings.from_env({})
    assert found == Settings()
    assert found.registry_url == "https://clinicaltrials.gov/api/v2"
    assert found.cache_url == f"sqlite:///{ROOT / 'cache' / 'data' / 'trials.sqlite3'}"
    assert (found.pace_seconds, found.timeout_seconds) == (1.0, 30.0)
    assert (found.watchlist, found.user_agent, found.refresh) == (None, None, None)
    assert (ROOT / "fetchers" / "settings.py").is_file()


@pytest.mark.parametrize(
    ("system", "env", "expected"),
    [
        ("linux", {}, "HOME/.local/share"),
        ("linux", {"XDG_DATA_HOME": "/srv/data"}, "/srv/data"),
        ("linux", {"XDG_DATA_HOME": "data"}, "HOME/.local/share"),
        ("freebsd14", {}, "HOME/.local/share"),
        ("darwin", {"XDG_DATA_HOME": "/srv/data"}, "HOME/Library/Application Support"),
        ("win32", {"LOCALAPPDATA": "/Users/me/AppData/Local"}, "/Users/me/AppData/Local"),
        ("win32", {}, "HOME/.local/share"),
    ],
)
def test_an_installed_package_keeps_its_store_in_the_users_data_folder(
    system: str, env: dict[str, str], expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    found = default_store(env, root=tmp_path, system=system)
    assert found == Path(expected.replace("HOME", str(tmp_path / "home"))) / "trial-tracker" / "trials.sqlite3"
    (tmp_path / "pyproject.toml").touch()
    assert default_store(env, root=tmp_path, system=system) == tmp_path / "cache" / "data" / "trials.sqlite3"


def test_every_variable_is_read() -> None:
    values = {
        "TRIALS_REGISTRY_URL": "http://127.0.0.1:8000/api/v2",
        "TRIALS_CACHE_URL": "sqlite:///other.sqlite3",
        "TRIALS_PACE_SECONDS": "0.5",
        "TRIALS_TIMEOUT_SECONDS": "5",
        "TRIALS_WATCHLIST": "mine.toml",
        "TRIALS_USER_AGENT": "tracker/1 (mail@example.org)",
        "TRIALS_REFRESH": "signed-in",
        "TRIALS_READERS": "*@Charity.example, anna@example.org",
        "TRIALS_API_TOKENS": f"{'a' * 32}, {'b' * 40}",
        "TRIALS_REFRESH_INTERVAL_SECONDS": "60",
        "TRIALS_DAILY_REQUESTS": "100",
        "TRIALS_READONLY": "yes",
        "TRIALS_ALLOWED_HOSTS": "Trials.example.org, [::1],*.team.example",
        "TRIALS_LOG": "json",
        "TRIALS_METRICS_PORT": "9100",
        "TRIALS_RESULTS": "all",
        "TRIALS_SMTP_FROM": "tracker@example.org",
        "TRIALS_SMTP_USER": "tracker",
        "TRIALS_SMTP_PASSWORD": "pass word",
        "TRIALS_WEBHOOK_TOKEN": "t0ken",
    }
    assert set(values) == {variable.name for variable in VARIABLES}
    assert Settings.from_env(values) == Settings(
        registry_url="http://127.0.0.1:8000/api/v2",
        cache_url="sqlite:///other.sqlite3",
        pace_seconds=0.5,
        timeout_seconds=5.0,
        watchlist=Path("mine.toml"),
        user_agent="tracker/1 (mail@example.org)",
        refresh="signed-in",
        readers="*@charity.example,anna@example.org",
        api_tokens=("a" * 32, "b" * 40),
        refresh_interval=60.0,
        daily_requests=100,
        readonly=True,
        allowed_hosts=("trials.example.org", "::1", "*.team.example"),
        log="json",
        metrics_port=9100,
        results="all",
        smtp_from="tracker@example.org",
        smtp_user="tracker",
        smtp_password="pass word",
        webhook_token="t0ken",
    )
    assert "pass word" not in repr(Settings.from_env(values))
    assert "t0ken" not in repr(Settings.from_env(values))
    assert "aaa" not in repr(Settings.from_env(values))


def test_the_environment_of_the_process_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIALS_PACE_SECONDS", "2.5")
    assert Settings.from_env().pace_seconds == 2.5
    monkeypatch.setenv("TRIALS_PACE_SECONDS", "3")
    assert Settings.from_env().pace_seconds == 3, "nothing is kept from an earlier read"


@pytest.mark.parametrize("name", [variable.name for variable in VARIABLES])
@pytest.mark.parametrize("empty", ["", "  ", "\t\n"])
def test_empty_counts_as_not_set(name: str, empty: str) -> None:
    assert Settings.from_env({name: empty}) == Settings()


def test_space_around_a_value_and_a_closing_slash_do_not_matter() -> None:
    found = Settings.from_env({"TRIALS_REGISTRY_URL": " http://[::1]:8000/api/v2// ", "TRIALS_PACE_SECONDS": " 0 "})
    assert (found.registry_url, found.pace_seconds) == ("http://[::1]:8000/api/v2", 0.0)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(
            ("TRIALS_REGISTRY_URL", value)
            for value in (
                "clinicaltrials.gov/api/v2",
                "ftp://host/api",
                "http://",
                "https:///api/v2",
                "http://host:port/api",
                "http://host:99999/api",
                "http://host:0/api",
                "http://[::1/api",
                "http://host/api v2",
                "http://host/api\x07",
                "http://host/api?format=csv",
                "http://host/api#v2",
            )
        ),
        *(("TRIALS_PACE_SECONDS", value) for value in ("-1", "-0.001", "soon", "nan", "inf", "1e9", "1,5", "1 s")),
        *(("TRIALS_TIMEOUT_SECONDS", value) for value in ("0", "-5", "0.0001", "never", "nan", "inf", "1e12")),
        *(("TRIALS_REFRESH_INTERVAL_SECONDS", value) for value in ("-1", "86401", "soon", "nan")),
        *(("TRIALS_DAILY_REQUESTS", value) for value in ("-1", "1e3", "1.5", "many", "²", "1000001", "9" * 5000)),
        *(("TRIALS_METRICS_PORT", value) for value in ("0", "65536", "http", "-1", "²")),
        ("TRIALS_LOG", "xml"),
        *(("TRIALS_READONLY", value) for value in ("maybe", "YES", "2")),
        *(
            ("TRIALS_ALLOWED_HOSTS", value)
            for value in ("http://a.example", "a.example:80", "a.example/b", "*a.example", "a b", "a.example;b", "*.*")
        ),
        *(
            ("TRIALS_USER_AGENT", value)
            for value in ("a\nX-Other: b", "bot\r", "Träcker", "a\x00b")
            if value.strip() == value
        ),
        *(("TRIALS_REFRESH", value) for value in ("all", "Everyone", "signed_in", "everyone,nobody")),
        *(
            ("TRIALS_READERS", value)
            for value in (
                "login",
                "nobody",
                "charity.example",
                "@charity.example",
                "*",
                "*@*",
                "*@*.example",
                "a*@b.example",
                "anna@",
                "anna@charity.example;bert@charity.example",
                "anna @charity.example",
                "a@b@c.example",
                ",",
                "signed-in,anna@charity.example",
                "Anna <anna@charity.example>",
                "ännä@charity.example",
            )
        ),
    ],
)
def test_a_bad_value_is_named_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(Validation) as caught:
        Settings.from_env({name: value})
    assert name in str(caught.value)
    assert repr(value) in str(caught.value)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize("value", ["short", "a" * 31, "a" * 20 + " " + "b" * 20, "ä" * 40, f"{'a' * 32},b"])
def test_a_bad_token_is_refused_and_not_repeated(value: str) -> None:
    with pytest.raises(Validation, match="TRIALS_API_TOKENS") as caught:
        Settings.from_env({"TRIALS_API_TOKENS": value})
    assert value not in str(caught.value)


@pytest.mark.parametrize("value", ["everyone", "signed-in", "nobody", "*@charity.example,anna@example.org"])
def test_who_may_refresh(value: str) -> None:
    assert Settings.from_env({"TRIALS_REFRESH": value}).refresh == value


def test_other_variables_are_nobodys_business() -> None:
    assert Settings.from_env({"PATH": "/bin", "TRIALS_UNKNOWN": "1"}) == Settings()


def test_every_variable_has_a_default_and_a_line_of_meaning() -> None:
    for variable in VARIABLES:
        assert variable.default
        assert variable.meaning[0].isupper()
        assert "\n" not in variable.meaning
