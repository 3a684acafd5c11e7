"""`manage.py load_noise` and the two commands of the matrix, on a running stack."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

import pytest

from config.stack import Stack, StackError

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def people(stack: Stack) -> tuple[str, str]:
    """An operator and an approver of the desk, by user name."""
    names = f"operator-{secrets.token_hex(4)}", f"approver-{secrets.token_hex(4)}"
    for name, role in zip(names, ("alliance-operator", "alliance-approver"), strict=True):
        stack.manage("create_user", "--name", name, "--role", role)
    return names


def test_the_starter_list_is_proposed_once(stack: Stack, people: tuple[str, str]) -> None:
    """Tokenized through the chain of custodians; a second run finds everything there."""
    for _ in range(2):
        answer = json.loads(stack.manage("load_noise", "--list", "link-shortener", "--by", people[0], "--json"))
        assert answer == {"list": "link-shortener", "values": answer["values"], "proposed": answer["values"]}
        assert answer["values"] >= 10


def test_a_wrong_line_is_named_and_not_repeated(stack: Stack, people: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("# numbers\nservice-number 95588\ncn-mobile 1380013800\n", encoding="utf-8")
    with pytest.raises(StackError) as error:
        stack.manage("load_noise", str(file), "--list", "hotline", "--by", people[0])
    assert "line 3: identifier-invalid" in str(error.value) and "1380013800" not in str(error.value)


def test_only_who_may_propose(stack: Stack, people: tuple[str, str]) -> None:
    with pytest.raises(StackError) as error:
        stack.manage("load_noise", "--list", "hotline", "--by", people[1])
    assert "permission-missing" in str(error.value)


def test_a_matrix_from_the_command_line(stack: Stack, people: tuple[str, str], tmp_path: Path) -> None:
    """Proposed by one, signed by another; one that is wrong is refused by its line. The shipped rules come back."""
    file = tmp_path / "matrix.txt"
    file.write_text("allowed * * * *\nallowed * * *\n", encoding="utf-8")
    with pytest.raises(StackError, match="第 2 行"):
        stack.manage("propose_matrix", str(file), "--title", "Tests", "--by", people[0])
    file.write_text("allowed * * * non-personal\n", encoding="utf-8")
    made = json.loads(stack.manage("propose_matrix", str(file), "--title", "Tests", "--by", people[0], "--json"))
    with pytest.raises(StackError, match="permission-missing"):
        stack.manage("sign_matrix", str(made["matrix"]), "--by", people[0])
    signed = json.loads(stack.manage("sign_matrix", str(made["matrix"]), "--by", people[1], "--json"))
    assert signed == {"matrix": made["matrix"], "state": "in-force"}
