"""Commands that run every minute load nothing that they do not need."""

import subprocess
import sys

import pytest

from fetchers.settings import ROOT

NOT_NEEDED = {"pandas", "numpy", "pyarrow", "plotly", "streamlit", "alembic", "babel", "icalendar", "xlsxwriter"}


@pytest.mark.parametrize(
    ("modules", "unneeded"),
    [
        ("cache.__main__", NOT_NEEDED | {"sqlalchemy", "msgspec", "requests"}),
        ("cache.__main__, cache.cli.refresh", NOT_NEEDED | {"sqlalchemy.dialects.postgresql"}),
        ("cache.__main__, cache.cli.backup", NOT_NEEDED - {"pandas", "numpy", "pyarrow"}),
        ("cache.__main__, cache.cli.inspect", NOT_NEEDED),
        ("streamlit, dashboard.routes", {"alembic", "icalendar"}),
    ],
)
def test_what_a_command_needs_not_is_not_loaded(modules: str, unneeded: set[str]) -> None:
    code = f"import sys, {modules}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not unneeded & set(loaded.stdout.split())
