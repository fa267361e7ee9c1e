"""``suantu list``: the things of a class."""

from __future__ import annotations

import click

from suantu.cli.common import Session, common
from suantu.cli.completing import classes


@click.command("list")
@click.argument("class_", metavar="CLASS", shell_complete=classes)
@click.option("--all", "everything", is_flag=True, help="Also things that no document names.")
@click.option("--limit", type=click.IntRange(1), default=None, metavar="N", help="At most N things.")
@common()
def command(session: Session, class_: str, everything: bool, limit: int | None) -> None:
    """The things of a class, those named most often first.

    CLASS is a class of the vocabulary by its name or label: Chip, Vendor, City, UseCase …

    \b
    Examples:
      suantu list Chip
      suantu list Vendor --limit 10 --format json
    """
    from suantu.lookup import members
    from suantu.query import readable

    found = members(session.endpoint, session.cls(class_), everything=everything, limit=limit or 0)
    labels = session.labels(iri for iri, _ in found)
    rows = [[labels[iri], str(count), readable(iri)] for iri, count in found]
    records = [{"iri": iri, "label": labels[iri], "passages": count} for iri, count in found]
    session.rows([session.say(k) for k in ("name", "passages", "thing")], rows, records)
