"""A case on a running stack that a member leads, and the member's command line beside it."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from aif_share.client import Client
from aif_share.wire.keys import MemberKey
from config.stack import Stack
from tests.aif_share.client.alliance import environment

PATIENCE_S = 60.0


class Member:
    """One institution's shell on a stack."""

    def __init__(self, stack: Stack, folder: Path) -> None:
        name = f"Evidence {secrets.token_hex(6)}"
        self.key = MemberKey.parse(stack.create_institution(name, "bank")["api_key"])
        self.environment = environment(stack.url, self.key, folder)
        self.client = Client(stack.url, self.key, data_home=folder / "client")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Begin a command."""
        command = [sys.executable, "-m", "aif_share.cli", *arguments]
        return subprocess.Popen(
            command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, errors="replace"
        )

    def ask(self, *arguments: str) -> Any:
        """Run a command to its end and return its JSON. Raise RuntimeError."""
        process = self.start(*arguments, "--json")
        out, errors = process.communicate(timeout=600)
        if process.returncode != 0:
            raise RuntimeError(f"{arguments[:2]}: exit {process.returncode}: {errors[-500:]}")
        return json.loads(out)


def open_case(stack: Stack, folder: Path) -> tuple[Member, str]:
    """Let two members meet at one host, and the first lead the case of it; return it with the case."""
    lead, other = (Member(stack, folder / name) for name in ("lead", "other"))
    path = folder / "shared.txt"
    path.write_text(f"{secrets.token_hex(8)}.example\n", encoding="ascii")
    for member in (lead, other):
        member.ask(
            "submit", str(path), "--type", "domain", "--category", "counterfeit-site-app", "--grade", "B2", "--wait"
        )
    (match,) = lead.ask("matches")
    operator = f"operator-{secrets.token_hex(4)}"
    stack.manage("create_user", "--name", operator, "--role", "alliance-operator")
    case = json.loads(stack.manage("open_case", "--match", match["match"], "--by", operator, "--json"))["case"]
    stack.manage("move_case", "--case", case, "--action", "triage", "--by", operator)
    until = time.monotonic() + PATIENCE_S
    while not lead.ask("cases", "list"):
        if time.monotonic() > until:
            raise TimeoutError("the case is not told")
        time.sleep(0.3)
    lead.ask("cases", "act", case, "claim")
    return lead, str(case)
