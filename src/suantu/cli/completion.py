"""``suantu completion``: what makes a shell complete commands, classes, questions and things."""

from __future__ import annotations

import click

_SHELLS = ("bash", "zsh", "fish")


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print what makes SHELL complete commands, options, classes, named questions and things.

    \b
    Examples:
      eval "$(suantu completion bash)"      in ~/.bashrc
      eval "$(suantu completion zsh)"       in ~/.zshrc
      suantu completion fish > ~/.config/fish/completions/suantu.fish
    """
    from click.shell_completion import get_completion_class

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"there is no completion for {shell}")
    root = ctx.find_root().command
    # Bash is not asked for its version here: the script needs 4.4, and says nothing of use where it is older
    click.echo(made.source_template % made(root, {}, "suantu", "_SUANTU_COMPLETE").source_vars())
