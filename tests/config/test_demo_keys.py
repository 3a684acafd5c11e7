"""The files of keys that the demonstration leaves for whoever tries the portal."""

from __future__ import annotations

import stat
from pathlib import Path

from aif_share.wire.keys import MemberKey
from config.demo.journey import write_keys


def test_a_file_for_the_system_and_one_for_browsers(tmp_path: Path) -> None:
    system, browser = MemberKey.new(), MemberKey.new()
    write_keys(tmp_path / "keys", "river-bank", {"api_key": system.text, "browser_key": browser.text})
    found = {path.name: path for path in (tmp_path / "keys").iterdir()}
    assert set(found) == {"river-bank.key", f"river-bank-browser-{browser.id}.aifkey"}
    for name, key in zip(sorted(found, key=len), (system, browser), strict=True):
        assert found[name].read_text(encoding="ascii") == key.text + "\n", "one line, as the portal reads it"
        assert stat.S_IMODE(found[name].stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700
