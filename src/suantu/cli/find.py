"""``suantu find``: things and passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.names import Name
    from suantu.why import Place


@click.command("find")
@click.argument("text")
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    metavar="N",
    help="At most N things, and N places in the texts.",
)
@click.option("--things/--texts", "only", default=None, help="Only things, or only places in the texts.")
@common()
def command(session: Session, text: str, limit: int, only: bool | None) -> None:
    """Find things by any of their names, and the places where the documents say TEXT.

    Names are matched exactly, by their beginning or a part, in pinyin or its initials, and with slips of the pen.

    \b
    Examples:
      suantu find NVID
      suantu find langchao
      suantu find "liquid cooling" --texts
    """
    if not text.strip():
        raise click.UsageError("TEXT is empty: give a name or some words")
    rows, records = [], []
    if only is not False:
        from suantu.names import search
        from suantu.query import readable

        for hit in search(_names(session, text), text, limit):
            rows.append([hit.label, hit.cls, session.say(f"how_{hit.how}"), readable(hit.iri)])
            records.append({"kind": "thing", **hit._asdict()})
    if only is not True:
        for place in _places(session, text, limit):
            words = f"…{place.before}{place.words}{place.after}…"
            rows.append([words, session.say("passage"), place.title, place.where(session.say)])
            records.append({"kind": "text", **place._asdict()})
    session.rows([session.say(k) for k in ("found", "class", "how", "thing")], rows, records)
    if not rows:
        click.get_current_context().exit(1)


def _names(session: Session, text: str) -> list[Name]:
    """The names kept beside a local knowledge base; otherwise those that the graph gives."""
    from suantu.names import NAMES_FILE, index, read_index

    if not session.url:
        path = session.kb.directory / NAMES_FILE
        if path.is_file():
            return read_index(path)
    return index(session.endpoint, pinyin=text.isascii())


def _places(session: Session, text: str, limit: int) -> list[Place]:
    from suantu.why import in_passages, in_texts

    if session.url:
        return in_passages(session.endpoint, text, limit)
    return in_texts(session.kb, text, limit)
