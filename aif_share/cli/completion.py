"""`aif-share completion`."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

VARIABLE = "_AIF_SHARE_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print the completion of a shell, for example: eval "$(aif-share completion bash)"."""
    from aif_share.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError("this shell is not known")
    click.echo(kind(cli, {}, "aif-share", VARIABLE).source())
