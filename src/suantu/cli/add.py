"""``suantu add``: read more documents into a knowledge base."""

from __future__ import annotations

from pathlib import Path

import click

from suantu.cli._reading import reading_options
from suantu.cli.common import Session, common


@click.command("add")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--force", is_flag=True, help="Read documents again that are there already.")
@reading_options
@common(formats=("table", "json"), remote=False)
def command(
    session: Session,
    paths: tuple[Path, ...],
    force: bool,
    ontology: Path | None,
    lexicon: Path | None,
    jobs: int | None,
) -> None:
    """Read more documents into the knowledge base; the others stay as they are.

    \b
    Example:
      suantu add new-report.pdf --kb kb
    """
    from suantu.build import add
    from suantu.cli._reading import pipeline, read_into

    _ = session.kb  # refuses at once, before the rules are compiled, what is no knowledge base
    read_into(session, pipeline(ontology, lexicon or session.lexicon), paths, jobs, add, force=force)
