"""``suantu documents``: what the knowledge base was built from."""

from __future__ import annotations

import click

from suantu.cli.common import Session, common


@click.command("documents")
@common()
def command(session: Session) -> None:
    """The documents of the graph: title, date, publisher, the number of facts, and the hash that names them.

    \b
    Example:
      suantu documents --format csv
    """
    from suantu.lookup import documents

    found = documents(session.endpoint)
    rows = [[d.title, d.issued, d.publisher, str(d.facts), d.iri.rpartition("/")[2]] for d in found]
    header = [session.say(k) for k in ("document", "issued", "publisher", "facts", "hash")]
    session.rows(header, rows, [d._asdict() for d in found])
