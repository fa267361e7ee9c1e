"""``suantu add``: read more documents into a knowledge base."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from suantu.cli._reading import reading_options
from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.records import Document


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

    What is there already is left alone; a file whose text has changed takes the place of what it said before. Where the
    ontology (or Suantu) has changed, all documents are read again, from the texts that the knowledge base keeps.

    \b
    Example:
      suantu add new-report.pdf --kb kb
    """
    from suantu.build import add
    from suantu.cli._reading import pipeline, read_into
    from suantu.stages.read import document_from_text
    from suantu.stores.kb import read_manifest

    read_manifest(session.directory)  # refuses at once, before the rules are compiled, what is no knowledge base
    reading = pipeline(ontology, lexicon or session.lexicon)

    def restore(text: str, name: str, pages: tuple[int, ...]) -> Document:
        return document_from_text(text, reading.layout, name, pages)

    read_into(session, reading, paths, jobs, partial(add, restore=restore), force=force)
