"""`aif-share`: finds the verb, and turns every error into one sentence and an exit code."""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Collection, Sequence
from typing import Any, NoReturn

import click

from aif_share import __version__

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VERBS = {
    "whoami": "who the platform and the custodians take this key for",
    "types": "the identifier types",
    "normalize": "the canonical form of raw values",
    "directory": "the custodians and keys in force",
    "tokenize": "tokens of the values of a file",
    "submit": "submit the clues of a file",
    "resubmit": "report your clues again in another key epoch",
    "batches": "what you submitted, and the outcome of every row",
    "clues": "your own clues: look, correct, withdraw, extend",
    "matches": "what of yours others reported too",
    "feedback": "say what came of a match",
    "rings": "the rings your clues are part of",
    "cases": "the cases that concern you, the steps and the work that are yours",
    "evidence": "add evidence to a case, see who had it in hand, open it",
    "requests": "ask other institutions, alert them, refer complaints; answer them",
    "dispositions": "record what you did, and lift what lost its ground",
    "outcomes": "what came of the cases, in figures",
    "export": "your clues, matches or content as one file, CSV or STIX 2.1",
    "feed": "pull your feed and acknowledge it; give values in clear for the feeds of others",
    "statements": "the monthly bulletin, and your own statement of each quarter",
    "screen": "ask whether values are known, without reporting them",
    "watch": "be told when somebody reports a value later",
    "dispute": "say that something reported is wrong; answer such claims",
    "events": "everything that happened, in one order",
    "webhooks": "be nudged over HTTP when something happened",
    "noise": "keep your own numbers and domains from counting",
    "keys": "make keys, register them, and what each server gets of them",
    "quota": "what is left of today",
    "vocabulary": "the lists of codes",
    "problems": "the codes of problems, explained",
    "completion": "completion for bash, zsh or fish",
    "custodian": "run a key custodian",
    "audit": "check receipts",
}


class Verbs(click.Group):
    """Loads a verb's module when it is used, so that none waits for the imports of the others."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        command: click.Command = getattr(importlib.import_module(f"aif_share.cli.{cmd_name}"), cmd_name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))


EPILOG = """\b
Address and key: AIF_SHARE_URL and AIF_SHARE_KEY, or url and key_file in ~/.config/aif-share/config.toml.
Exit codes: 0 ok, 1 refused rows, 2 usage, 3 authentication, 4 quota, 5 network, 6 proof or pin.
Completion: eval "$(aif-share completion bash)" (also zsh, fish)."""


@click.group(
    cls=Verbs, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.version_option(__version__, prog_name="aif-share")
def cli() -> None:
    """Share anti-fraud clues as tokens. Raw identifiers stay on this machine."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run and exit. No traceback leaves here: it could show a value."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure") and not stream.isatty():
            stream.reconfigure(encoding="utf-8")
    code = run(args)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if code == INTERRUPTED:
        # Requests may still be under way in threads; everything they need is on disk.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


INTERRUPTED = 130


def run(args: list[str]) -> int:
    """The exit code of one command line."""
    try:
        result: Any = cli.main(args=args, prog_name="aif-share", standalone_mode=False)
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        options: set[str] = set()
        if error.ctx is not None:
            click.echo(error.ctx.get_usage(), err=True)
            options = {name for each in error.ctx.command.params for name in each.opts}
            options |= set(error.ctx.command_path.split())
        click.echo(f"error: {masked(error.format_message(), args, options)}", err=True)
        return 2
    except click.ClickException as error:
        click.echo(f"error: {masked(error.format_message(), args)}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("Stopped. Run the same command again to go on.", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:
        return failed(error)


def failed(error: Exception) -> int:
    """Tell an error without its data."""
    from aif_share.cli import output
    from aif_share.errors import AifShareError

    if isinstance(error, AifShareError):
        output.say_error(error)
        return output.exit_code(error)
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.startswith(PACKAGE)]
    place = f" at {os.path.basename(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    click.echo(
        f"error [internal]: {type(error).__name__}{place}. Its message is withheld, it could hold a value. "
        "Please report this line",
        err=True,
    )
    return output.INTERNAL


def masked(message: str, args: Sequence[str], options: Collection[str] = ()) -> str:
    """The parser's message without what was typed as a value: a misplaced argument may be an identifier.

    `options`: those the verb knows and the words of the verb itself, which are no values.
    """
    typed: set[str] = set()
    for arg in args:
        name, _, value = arg.partition("=")
        typed |= {value} if name in options else {arg, value, arg[2:] if arg[:1] == "-" else ""}
    names = {*VERBS, *options} | {arg.partition("=")[0] for arg in args if arg.startswith("--")}
    for value in sorted(typed - names, key=len, reverse=True):
        if len(value) > 2:
            message = message.replace(value, "<value>")
    return message
