"""``suantu build``: read documents into a new knowledge base."""

from __future__ import annotations

from pathlib import Path

import click

from suantu.cli._reading import reading_options
from suantu.cli.common import Session, common


@click.command("build")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]…")
@reading_options
@common(formats=("table", "json"), remote=False)
def command(
    session: Session, paths: tuple[Path, ...], ontology: Path | None, lexicon: Path | None, jobs: int | None
) -> None:
    """Read documents (txt, md, html, pdf, docx; directories too) into a new knowledge base.

    Without PATH the packaged corpus is read. What was there before is replaced in one step at the end. A document that
    cannot be read is named on stderr, the others are built, and the exit code is 3.

    \b
    Examples:
      suantu build
      suantu build reports/ brief.pdf --kb kb --jobs 2
    """
    from suantu.build import build
    from suantu.cli._reading import pipeline, read_into
    from suantu.paths import corpus_dir

    read_into(session, pipeline(ontology, lexicon or session.lexicon), list(paths) or [corpus_dir()], jobs, build)
