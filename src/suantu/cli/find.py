"""``suantu find``: things and passages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.search import Hit, Index
    from suantu.why import Quote


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
        from suantu.query import readable

        hits = _hits(session, text, limit)
        labels = session.labels(hit.iri for hit in hits)
        for hit in hits:
            rows.append([labels[hit.iri], hit.cls, session.say(f"how_{hit.how}"), readable(hit.iri)])
            records.append({"kind": "thing", "label": labels[hit.iri], **hit._asdict()})
    if only is not True:
        for place in _places(session, text, limit):
            words = " ".join(f"…{place.before}{place.words}{place.after}…".split())
            rows.append([words, session.say("passage"), place.title, place.where(session.say)])
            records.append({"kind": "text", **place._asdict()})
    session.rows([session.say(k) for k in ("found", "class", "how", "thing")], rows, records)
    if not rows:
        click.get_current_context().exit(1)


def _hits(session: Session, text: str, limit: int) -> list[Hit]:
    """Things by name; the pinyin is looked at only where the letters are no name by themselves."""
    from suantu.search import index, index_of, search

    def names(pinyin: bool) -> Index:
        if session.url:
            return index(session.endpoint, pinyin=pinyin)
        return index_of(session.kb, session.endpoint, pinyin=pinyin)

    hits = search(names(False), text, limit)
    if text.isascii() and not any(hit.how in ("exact", "prefix", "pinyin") for hit in hits):
        hits = search(names(True), text, limit)
    return hits


def _places(session: Session, text: str, limit: int) -> list[Quote]:
    from suantu.why import in_passages, in_texts

    if session.url:
        return in_passages(session.endpoint, text, limit)
    return in_texts(session.kb, text, limit)
