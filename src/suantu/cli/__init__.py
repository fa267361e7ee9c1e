"""The command line: one file per command, imported when it is called.

A command is a module of this package with a click command named ``command``; its file name is the command's name
(``_`` for ``-``). Results go to stdout and everything else to stderr. Exit codes: 0 ok, 1 does not hold, 2 wrong use,
3 cannot read, 4 query refused, 5 endpoint, 70 a fault of Suantu itself.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import click

from suantu import __version__
from suantu.errors import SuantuError

_HELPERS = {"common", "completing", "output", "messages"}
_FIRST = (
    "build",
    "add",
    "remove",
    "documents",
    "query",
    "find",
    "show",
    "list",
    "facts",
    "rank",
    "path",
    "compare",
    "why",
)
INTERNAL = 70


class Commands(click.Group):
    """The commands found in this folder. It also turns every error into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The reader's usual order first, the rest by name."""
        stems = {p.stem for p in Path(__file__).parent.glob("*.py") if not p.stem.startswith("_")} - _HELPERS
        found = {stem.replace("_", "-") for stem in stems}
        return [name for name in _FIRST if name in found] + sorted(found - set(_FIRST))

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name; the module is imported here and not before."""
        stem = name.replace("-", "_")
        if not stem.isidentifier() or stem in _HELPERS or stem.startswith("_"):
            return None
        if not (Path(__file__).parent / f"{stem}.py").is_file():
            return None
        from importlib import import_module

        command = import_module(f"suantu.cli.{stem}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The named command, or the nearest names in the complaint."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and self.get_command(ctx, name) is None:
            from difflib import get_close_matches

            near = get_close_matches(name, self.list_commands(ctx), 2)
            hint = f"did you mean {' or '.join(near)}?" if near else "see 'suantu --help'"
            ctx.fail(f"no such command {name!r}: {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - click's own signature
        """Run the command; errors become one line on stderr and an exit code."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # Whoever read the output has seen enough; nothing may complain when the interpreter closes stdout.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            ctx.exit(0)
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx else "suantu"
            _complain(ctx, f"{error.format_message().rstrip('.')} (see '{where} --help')")
            ctx.exit(error.exit_code)
        except (click.ClickException, click.Abort, click.exceptions.Exit):
            raise
        except SuantuError as error:
            _complain(ctx, str(error))
            ctx.exit(error.exit_code)
        except RecursionError:
            _complain(ctx, "nested too deeply")
            ctx.exit(INTERNAL)
        except Exception as error:  # noqa: BLE001 - the one place where a fault meets its user
            _complain(ctx, f"internal fault: {type(error).__name__}: {error} (--debug shows where)")
            ctx.exit(INTERNAL)
        return result


def _complain(ctx: click.Context, message: str) -> None:
    from suantu.table import visible

    if ctx.meta.get("suantu.debug"):
        import traceback

        traceback.print_exc()
    first, *rest = message.split("\n")
    click.echo(f"suantu: {visible(first)}", err=True)
    for line in rest:
        click.echo(visible(line), err=True)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="suantu", message="%(prog)s %(version)s")
def cli() -> None:
    """Suantu reads reports and builds a knowledge graph in which every fact shows its words.

    \b
    Example:
      suantu build reports/*.pdf --kb kb
      suantu show NVIDIA --kb kb
    """


def main() -> None:
    """The console entry point.

    A lookup is over before a collector of cycles would find anything, and the system frees its memory faster than the
    interpreter does: together a tenth of the time. Commands that work for long switch the collector on again.
    """
    gc.disable()
    try:
        cli(prog_name="suantu")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        with suppress(OSError):
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
        os._exit(code or 1)
