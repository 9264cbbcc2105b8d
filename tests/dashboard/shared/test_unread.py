"""What could not be read is said where people look: on every page's line, on the trial's page, with the data."""

from pathlib import Path

import pytest

from tests.rigs.pages import page, shown, table, use
from tests.rigs.refresh import Rig, held, url_of

START = "protocolSection.statusModule.startDateStruct.date"
COUNT = "protocolSection.designModule.enrollmentInfo.count"


def test_pages_say_what_could_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Rig(page_cap=50, url=url_of(tmp_path)) as rig:
        rig.refresh("ivig", "rintatolimod")
        cut, lost, *_ = held(rig, "ivig")
        rig.fake.edit(cut, **{START: "2027-02-30", COUNT: "30"})
        rig.fake.studies[lost]["protocolSection"]["statusModule"] = "garbage"
        rig.fake.reload()
        assert rig.refresh("ivig", full=True).exit_code == 1
    use(monkeypatch, url_of(tmp_path))
    trial = shown(page("trial", nct=cut))
    assert "2 records not read, or not fully" in trial
    assert "older: Rintatolimod" in trial
    assert "Not readable in the registry's answer: statusModule.startDateStruct.date ('2027-02-30'" in trial
    assert 'designModule.enrollmentInfo.count ("30" where a count belongs)' in trial
    about = page("about")
    assert "1 trial could be read only in part; what is missing counts as not known:" in shown(about)
    assert list(table(about, "NCT id", "What could not be read")["NCT id"]) == [cut]
    assert "1 record could not be read; what was known of it before is shown:" in shown(about)
    assert list(table(about, "Parts", "Reason")["NCT id"]) == [lost]
