"""Every block of bash and python in docs/api runs as written: the examples, and with them each verb, are the truth."""

from __future__ import annotations

import ast
import secrets
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.stack import Stack
from tests.guide import OPERATOR, Block, read_blocks, reader_env, run_page

PAGES = Path(__file__).resolve().parents[2] / "docs" / "api"
NAMES = sorted(path.stem for path in PAGES.glob("*.md"))
RUN = [name for name in NAMES if name not in ("quickstart", "errors")]  # test_quickstart runs the one


def blocks_of(name: str, language: str) -> list[Block]:
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    return [block for block in read_blocks(text) if block.language == language]


@pytest.mark.parametrize("name", NAMES)
def test_the_blocks_of_a_page_can_be_read(name: str) -> None:
    for block in blocks_of(name, "python"):
        ast.parse(block.code)
    for block in blocks_of(name, "bash"):
        done = subprocess.run(["bash", "-n"], input=block.code, capture_output=True, text=True)
        assert done.returncode == 0, f"{name}.md line {block.line}: {done.stderr}"


def test_the_runner_sees_labels_and_leaves_out_what_is_for_the_operator() -> None:
    text = "a\n```bash operator\nexit 3\n```\n```python x.py\nprint(1)\n```\n```json\n{}\n```\n"
    assert [(block.language, block.label, block.line) for block in read_blocks(text)] == [
        ("bash", OPERATOR, 2),
        ("python", "x.py", 5),
        ("json", "", 8),
    ]


@pytest.fixture(scope="module")
def reader(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, str]]]:
    """A member with a match, as after the quickstart: a folder to work in, and the environment."""
    folder = tmp_path_factory.mktemp("reader")
    keys = [stack.create_institution(f"pages {secrets.token_hex(6)}", "bank")["api_key"] for _ in range(2)]
    programs = Path(sys.executable).parent
    page = folder / "before.md"
    page.write_text(
        "```bash\necho shared-shop.example > shared.txt\n"
        'for key in "$AIF_SHARE_KEY" "$OTHER_KEY"; do\n'
        "    AIF_SHARE_KEY=$key aif-share submit shared.txt --type domain --category counterfeit-site-app --grade B2 --wait\n"
        "done\n```\n"
    )
    env = reader_env(
        folder, programs, AIF_SHARE_URL=stack.url, AIF_SHARE_KEY=keys[0], OTHER_KEY=keys[1], PAGES=str(PAGES)
    )
    done = run_page(page, folder=folder, env=env)
    assert done.returncode == 0, done.stderr
    yield folder, env


@pytest.mark.stack
@pytest.mark.parametrize("name", RUN)
def test_a_page_runs_as_written(name: str, reader: tuple[Path, dict[str, str]]) -> None:
    folder, env = reader
    setup = "".join(block.code for block in blocks_of("README", "python"))
    programs = "".join(block.code for block in blocks_of(name, "python"))
    page = folder / f"{name}.md"
    shell = "".join(f"```bash\n{block.code}```\n" for block in blocks_of(name, "bash") if block.label != OPERATOR)
    page.write_text(shell + f"```python\n{setup}{programs}```\n", encoding="utf-8")
    done = run_page(page, folder=folder, env=env)
    assert done.returncode == 0, done.stdout[-1500:] + done.stderr[-3000:]
