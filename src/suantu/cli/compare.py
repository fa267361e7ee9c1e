"""``suantu compare``: things side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from suantu.cli.common import Session, common
from suantu.cli.completing import things as complete_things

if TYPE_CHECKING:
    from suantu.lookup import Card


@click.command("compare")
@click.argument("things", nargs=-1, required=True, metavar="A B…", shell_complete=complete_things)
@click.option("--differences", is_flag=True, help="Only what is not the same for all.")
@common()
def command(session: Session, things: tuple[str, ...], differences: bool) -> None:
    """Things side by side: classes, relations, figures and ranks, one column each.

    \b
    Example:
      suantu compare A100 "Ascend 910"
    """
    if len(things) < 2:
        raise click.UsageError("give two things or more")
    from suantu.lookup import show

    cards = [show(session.endpoint, session.thing(name)) for name in dict.fromkeys(things)]
    labels = _labels(session, cards)
    columns = [_cells(session, card, labels) for card in cards]
    keys = sorted({key for column in columns for key in column})
    rows = [[key[1], *(", ".join(dict.fromkeys(column.get(key, []))) for column in columns)] for key in keys]
    if differences:
        rows = [row for row in rows if len(set(row[1:])) > 1]
    session.rows([session.say("property"), *(labels[card.iri] for card in cards)], rows)


def _labels(session: Session, cards: list[Card]) -> dict[str, str]:
    iris = {c.iri for c in cards} | {i for c in cards for i in c.classes}
    for card in cards:
        iris |= {i for r in card.relations for i in (r.subject, r.predicate, r.object)}
        iris |= {i for f in card.figures for i in (f.metric, f.place, f.within)}
    return session.labels(iris)


def _cells(session: Session, card: Card, labels: dict[str, str]) -> dict[tuple[int, str], list[str]]:
    """The values of one thing by (order, property)."""
    from suantu.cli.output import amount

    cells: dict[tuple[int, str], list[str]] = {(0, session.say("class")): [labels[c] for c in card.classes]}
    for r in card.relations:
        outward = r.subject == card.iri
        name = f"{labels[r.predicate]} →" if outward else f"← {labels[r.predicate]}"
        cells.setdefault((1, name), []).append(labels[r.object if outward else r.subject])
    for f in card.figures:
        parts = (labels[f.metric], labels.get(f.place, ""), labels.get(f.within, ""), f.period)
        cells.setdefault((2, " ".join(p for p in parts if p)), []).append(amount(f))
    for rank in card.ranks:
        cells.setdefault((3, f"{rank.ranking} {rank.period}".strip()), []).append(rank.rank)
    return cells
