"""``suantu remove``: take documents out of a knowledge base."""

from __future__ import annotations

import click

from suantu.cli.common import Session, common


@click.command("remove")
@click.argument("documents", nargs=-1, required=True, metavar="DOC…")
@common(formats=("table", "json"), remote=False)
def command(session: Session, documents: tuple[str, ...]) -> None:
    """Take documents out of the knowledge base, with everything that was read from them.

    DOC is a title, a file name, an IRI, or the beginning of the hash that `suantu documents` shows.

    \b
    Example:
      suantu remove old-report.pdf --kb kb
    """
    from suantu.build import remove
    from suantu.query import full

    for document in dict.fromkeys(documents):
        session.kb.find(full(document) or document)
    for document in dict.fromkeys(documents):
        summary = remove(full(document) or document, session.directory)
    session.note(session.say("removed", n=summary.documents))
