"""A key that signs, and a package written by it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from clues.packages import archive
from clues.packages.signing import Signer, load_signer
from tests.clues.packages.sample import make_contents, open_sample


class Taken:
    """Takes bytes in order, and can do nothing else: what is written is written."""

    def __init__(self) -> None:
        self.data = bytearray()

    def write(self, data: bytes) -> None:
        self.data += data


@pytest.fixture(scope="session")
def package(signer_text: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample, written once; nobody changes it."""
    from django.test import override_settings

    with override_settings(AIF_PACKAGE_SIGNER=signer_text):
        signer = load_signer(now=timezone.now())
    taken = Taken()
    archive.write(taken, make_contents(), signer=signer, open_evidence=open_sample)
    path = tmp_path_factory.mktemp("package") / "package.zip"
    path.write_bytes(taken.data)
    return path


@pytest.fixture
def folder(package: Path, tmp_path: Path) -> Path:
    """The sample, unpacked, to be changed."""
    with zipfile.ZipFile(io.BytesIO(package.read_bytes())) as opened:
        opened.extractall(tmp_path / "package")
    return tmp_path / "package"


@pytest.fixture
def joint(scene: Any, settings: Any, tmp_path: Path, signer: Signer) -> Any:
    """The scene's case in joint work (tests.clues.joint), with a vault and a key that signs."""
    from tests.clues.joint import make_joint

    settings.AIF_EVIDENCE = tmp_path / "evidence"
    return make_joint(scene)
