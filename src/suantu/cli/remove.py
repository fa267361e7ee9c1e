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
    from suantu.stores.kb import KnowledgeBase

    with KnowledgeBase.open(session.directory) as base:  # closed before anything is written: nobody reads the old store
        found = dict.fromkeys(base.find(full(document) or document).sha256 for document in documents)
    for sha256 in found:
        summary = remove(sha256, session.directory)
    session.note(session.say("removed", n=summary.documents))
