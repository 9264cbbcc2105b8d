"""``python -m cache digest`` over real sockets: nothing lost, nothing twice, whatever the other side does."""

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from cache.digest import marks
from cache.recovery.check import integrity
from cache.store.schema import event, meta
from cache.store.store import Store, timestamp, utcnow
from fetchers.settings import ROOT
from tests.cache.digest.conftest import Post, Run
from tests.rigs import moved_stores as moved
from tests.rigs.catching import WebAddress

SECONDS = 60


def happens(store: Store, number: int, kind: str = "status") -> None:
    """A change seen just now."""
    moved.happened(store, number, kind, at=timestamp(utcnow()))


def kinds(post: Post, recipient: str = "a@example.org") -> list[str]:
    """The changed statuses and sponsors each mail to somebody tells of."""
    bodies = [one.message.get_body(("plain",)) for one in post.mails if one.recipient == recipient]
    texts = [body.get_content() for body in bodies if body is not None]
    return [" ".join(word for word in ("Status:", "Lead sponsor:", "Countries:") if word in text) for text in texts]


def test_a_mail_tells_what_is_new_in_words_and_html_and_loads_nothing(store: Store, run: Run, post: Post) -> None:
    moved.happened(store, 1, "eligibility", move=moved.CRITERIA, at=timestamp(utcnow()))
    code, out, err = run("--to", post.to(), "--query", "tier=given&agent=ivig", "--base-url", "https://t.example/x")
    assert (code, out, err) == (0, "", "1 change sent to a@example.org.\n")
    (caught,) = post.mails
    message = caught.message
    assert message.get_content_type() == "multipart/alternative"
    assert message["From"] == "Trial tracker <tracker@example.org>"
    assert message["To"] == "a@example.org"
    assert message["Subject"] == "Trial tracker: 1 change in 1 trial (1 medium)"
    assert message["Message-ID"].endswith("@example.org>")
    assert message["Date"].datetime.tzinfo is not None
    assert ".trial-tracker.example.org>" in message["List-Id"]
    text, html = (message.get_body((part,)) for part in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert "Pain *over* <b>[taken out: 6] [put in: 3]</b> months" in text.get_content()
    assert "Trials that" in text.get_content()
    assert "<del>[taken out: 6]</del>" in html.get_content()
    assert "&lt;b&gt;" in html.get_content()
    assert "https://t.example/x/trial?nct=NCT00000001" in html.get_content()
    for loads in ("<img", "<script", "<link", "<style", "src=", "url(", "@import"):
        assert loads not in html.get_content().lower()


def test_what_was_sent_is_not_sent_again_and_what_is_new_is(store: Store, run: Run, post: Post) -> None:
    happens(store, 1)
    assert run("--to", post.to())[2] == "1 change sent to a@example.org.\n"
    assert run("--to", post.to())[2] == "Nothing new for a@example.org.\n"
    happens(store, 1, "sponsor")
    happens(store, 2, "countries")
    assert run("--to", post.to())[2] == "2 changes sent to a@example.org.\n"
    assert kinds(post) == ["Status:", "Lead sponsor: Countries:"]
    assert len({one.message["Message-ID"] for one in post.mails}) == 2


def test_the_mark_makes_no_change_of_the_data(store: Store, run: Run, post: Post) -> None:
    happens(store, 1)
    version, state, complaints = store.version(), store.state(), integrity(store)
    run("--to", post.to("a@example.org", "b@example.org"))
    assert (store.version(), store.state()) == (version, state)
    assert integrity(store) == complaints, "the rows are not those of records, but as they were sealed"
    with store.reading() as connection:
        kept = connection.execute(select(meta).where(meta.c.key.startswith(marks.PREFIX))).all()
    assert len(kept) == 2
    assert "example.org" not in str(kept)


@pytest.mark.both_databases
def test_views_and_receivers_have_marks_of_their_own(store: Store, run: Run, post: Post) -> None:
    happens(store, 1)
    happens(store, 3)
    assert run("--to", post.to(), "--query", "?tier=given&agent=ivig")[2].startswith("1 change ")
    assert run("--to", post.to(), "--query", "agent=ivig&tier=given&sort=title&page=2")[2].startswith("Nothing new")
    assert run("--to", post.to())[2].startswith("2 changes ")
    assert run("--to", post.to("b@example.org"))[2].startswith("2 changes ")
    assert run("--to", post.to(), "--query", "nct=NCT00000003")[2].startswith("1 change ")


def test_a_server_that_refuses_keeps_the_mark(store: Store, run: Run, post: Post) -> None:
    happens(store, 1)
    post.deaf = True
    code, _, err = run("--to", post.to())
    assert code == 3
    assert err.startswith("Not sent: a@example.org: 127.0.0.1 refused the mail (451 not now).")
    assert run("--to", post.to(), "--quiet")[2] == err
    happens(store, 1, "sponsor")
    post.deaf = False
    assert run("--to", post.to(), "--quiet") == (0, "", "")
    assert kinds(post) == ["Status: Lead sponsor:"], "one mail with everything that is new"


def test_nobody_at_home_keeps_the_mark(store: Store, run: Run, post: Post) -> None:
    happens(store, 1)
    code, _, err = run("--to", "smtp://127.0.0.1:1/?to=a@example.org")
    assert (code, "127.0.0.1:1 cannot be used" in err) == (3, True)
    assert run("--to", post.to())[2] == "1 change sent to a@example.org.\n"


def test_half_of_the_receivers_refused_are_told_later_and_the_others_not_again(
    store: Store, run: Run, post: Post
) -> None:
    everybody = ("a@example.org", "b@example.org", "c@example.org")
    happens(store, 1)
    post.refuses = ("b@example.org",)
    code, _, err = run("--to", post.to(*everybody))
    assert code == 1
    assert err.splitlines()[1].startswith("Not sent: b@example.org: refused (550 nobody of that name).")
    happens(store, 1, "sponsor")
    post.refuses = ()
    assert run("--to", post.to(*everybody))[0] == 0
    assert kinds(post, "a@example.org") == ["Status:", "Lead sponsor:"] == kinds(post, "c@example.org")
    assert kinds(post, "b@example.org") == ["Status: Lead sponsor:"]
    assert all(one.message["To"] == one.recipient for one in post.mails), "nobody sees the others"


@pytest.mark.both_databases
def test_killed_between_sent_and_noted_the_very_same_mail_goes_out_once_more(
    store: Store, run: Run, post: Post, tmp_path: Path
) -> None:
    happens(store, 1)
    post.silent = True  # it has the whole mail; the process waits for the answer and gets none
    command = [sys.executable, "-m", "cache", "digest", "--to", post.to()]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ.copy(), stderr=subprocess.PIPE) as process:
        assert post.whole.wait(SECONDS)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=SECONDS)
    assert process.returncode == -signal.SIGKILL
    post.silent = False
    happens(store, 1, "sponsor")
    code, _, err = run("--to", post.to())
    assert (code, err) == (
        0, "A digest that was perhaps sent before was sent again under its old name. 1 change sent to a@example.org.\n",
    )  # fmt: skip
    assert kinds(post) == ["Status:", "Status:", "Lead sponsor:"]
    first, again, news = post.mails
    assert first.raw == again.raw
    assert first.message["Message-ID"] != news.message["Message-ID"]
    assert run("--to", post.to())[2] == "Nothing new for a@example.org.\n"


def test_a_line_that_breaks_after_the_mail_sends_the_very_same_again(
    store: Store, run: Run, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALS_TIMEOUT_SECONDS", "0.3")
    happens(store, 1)
    post.silent = True
    code, _, err = run("--to", post.to())
    assert (code, "did not say whether it took the mail" in err) == (3, True)
    post.silent = False
    assert run("--to", post.to())[0] == 0
    assert [one.raw for one in post.mails] == [post.mails[0].raw] * 2
    assert run("--to", post.to())[2] == "Nothing new for a@example.org.\n"


def test_two_digests_at_a_time_are_one(store: Store, run: Run, post: Post) -> None:
    happens(store, 1)
    with marks.alone(store):
        code, _, err = run("--to", post.to())
    assert (code, err) == (4, "Another digest of this store is being sent; try again later.\n")
    assert post.mails == []
    assert run("--to", post.to())[0] == 0


def test_a_date_sends_what_was_since_then_and_last_goes_on_from_there(store: Store, run: Run, post: Post) -> None:
    moved.happened(store, 1, "status", at="2025-01-01T00:00:00Z")
    assert run("--to", post.to())[2] == "Nothing new for a@example.org.\n", "the first tells of 30 days"
    post.deaf = True
    assert run("--to", post.to(), "--since", "2024-12-31")[0] == 3
    post.deaf = False
    assert run("--to", post.to())[2] == "Nothing new for a@example.org.\n", "the mark was kept"
    assert run("--to", post.to(), "--since", "2024-12-31")[2] == "1 change sent to a@example.org.\n"
    assert run("--to", post.to())[2] == "Nothing new for a@example.org.\n"
    assert run("--since", "yesterday")[0] == 2


def test_changes_that_a_rescue_lost_hide_no_later_ones(store: Store, run: Run, post: Post) -> None:
    happens(store, 1)
    happens(store, 1, "sponsor")
    assert run("--to", post.to())[2] == "2 changes sent to a@example.org.\n"
    with store.writing() as connection:
        connection.execute(delete(event))
    moved.happened(store, 2, "countries", at=timestamp(utcnow() + timedelta(seconds=1)))
    assert run("--to", post.to())[2] == "1 change sent to a@example.org.\n"
    assert run("--to", post.to())[2] == "Nothing new for a@example.org.\n"


def test_a_web_address_gets_json_and_a_key(
    store: Store, run: Run, web: tuple[WebAddress, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    server, url = web
    monkeypatch.setenv("TRIALS_WEBHOOK_TOKEN", "t0ken")
    happens(store, 1)
    code, _, err = run("--to", url, "--query", "tier=given")
    assert (code, err) == (0, "1 change sent to 127.0.0.1.\n")
    (post,) = server.posts
    said = json.loads(post.body)
    assert post.path == "/hook/s3cret?chat=1"
    assert post.headers["Authorization"] == "Bearer t0ken"
    assert post.headers["Content-Type"] == "application/json"
    assert post.headers["Idempotency-Key"] == said["id"]
    assert set(said) == {
        "id", "composed_at", "query", "view", "subject", "since", "counts", "registry_timestamp", "fetched_at",
        "changes", "text",
    }  # fmt: skip
    assert (said["query"], said["counts"]["high"]) == ("tier=given", 1)
    assert said["changes"][0]["nct_id"] == "NCT00000001"
    assert run("--to", url, "--query", "tier=given")[2].startswith("Nothing new")
    with store.reading() as connection:
        assert "s3cret" not in str(connection.execute(select(meta)).all())


@pytest.mark.parametrize("status", [301, 307, 400, 401, 404, 429])
def test_a_web_address_that_refuses_or_sends_elsewhere_keeps_the_mark(
    store: Store, run: Run, web: tuple[WebAddress, str], status: int
) -> None:
    server, url = web
    happens(store, 1)
    server.status = status
    code, _, err = run("--to", url)
    assert (code, f"HTTP {status}" in err) == (3, True)
    assert "s3cret" not in err
    server.status = 204
    assert run("--to", url)[0] == 0
    assert [post.path for post in server.posts] == ["/hook/s3cret?chat=1"] * 2
    assert len({post.headers["Idempotency-Key"] for post in server.posts}) in (1, 2)


@pytest.mark.parametrize("status", [500, 503, None])
def test_a_web_address_that_may_have_taken_it_gets_the_same_under_the_same_key(
    store: Store, run: Run, web: tuple[WebAddress, str], status: int | None
) -> None:
    server, url = web
    happens(store, 1)
    server.status = status
    assert run("--to", url)[0] == 3
    happens(store, 1, "sponsor")
    server.status = 200
    assert run("--to", url)[0] == 0
    first, again, news = server.posts
    assert (first.body, first.headers["Idempotency-Key"]) == (again.body, again.headers["Idempotency-Key"])
    assert news.headers["Idempotency-Key"] != first.headers["Idempotency-Key"]
    assert [one["kind"] for one in json.loads(news.body)["changes"]] == ["sponsor"]


def test_a_file_appears_whole_and_stays_when_nothing_is_new(store: Store, run: Run, tmp_path: Path) -> None:
    happens(store, 1)
    for name, begin in (("d.txt", "1 change"), ("d.html", "<!doctype"), ("d.md", "# 1 change"), ("d.json", "[")):
        assert run("--to", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).read_text().startswith(begin)
        assert run("--to", str(tmp_path / name))[2].startswith("Nothing new")
        assert (tmp_path / name).read_text().startswith(begin)
    assert not list(tmp_path.glob("*.part"))
    assert run("--to", str(tmp_path / "none" / "d.txt"))[0] == 2
    (tmp_path / "none").mkdir()
    assert run("--to", str(tmp_path / "none" / "d.txt"))[2].startswith("1 change sent")


def test_without_an_address_it_is_printed_once(store: Store, run: Run) -> None:
    happens(store, 1)
    assert run()[1].startswith("1 change in 1 trial since ")
    assert run() == (0, "", "Nothing new for standard output.\n")


def test_an_output_that_is_full_counts_as_not_sent(store: Store, run: Run) -> None:
    happens(store, 1)
    command = [sys.executable, "-m", "cache", "digest"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False, timeout=SECONDS)
    assert (done.returncode, b"Not sent" in done.stderr) == (5, True)
    assert run()[1].startswith("1 change in 1 trial")


def test_a_starter_store_has_no_news_and_says_why(
    run: Run, tmp_path: Path, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIALS_CACHE_URL", f"sqlite:///{tmp_path / 'new.sqlite3'}")
    assert run("--to", post.to()) == (
        0, "", "Nothing new for a@example.org. The registry has not been asked yet.\n",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--to", "smtp://me:pw@127.0.0.1/?to=a@example.org"), "must not hold a user or a password"),
        (("--to", "https://t0ken@example.org/"), "must not hold a user or a password"),
        (("--query", "colour=red"), "no filter called “colour”"),
        (("--query", "since=2026-01-01"), "holds a since of its own"),
        (("--base-url", "javascript:x"), "--base-url needs"),
    ],
)
def test_a_wrong_order_is_refused_before_anything_is_sent(
    store: Store, run: Run, arguments: tuple[str, ...], said: str
) -> None:
    happens(store, 1)
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert said in err
    assert "pw@" not in err
    with store.reading() as connection:
        assert not connection.execute(select(meta).where(meta.c.key.startswith(marks.PREFIX))).all()


def test_a_mail_needs_a_sender(store: Store, run: Run, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIALS_SMTP_FROM")
    code, _, err = run("--to", post.to())
    assert (code, "Set TRIALS_SMTP_FROM" in err) == (2, True)


def test_a_country_no_trial_has_a_site_in_is_said(store: Store, run: Run, tmp_path: Path) -> None:
    """Whoever follows “DE” would wait for ever: the registry writes Germany."""
    code, _, err = run("--to", f"{tmp_path / 'news.txt'}", "--query", "country=DE")
    assert code == 0
    assert "No stored trial names a site in “DE”." in err
