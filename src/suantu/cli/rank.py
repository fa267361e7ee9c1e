"""``suantu rank``: rankings, and the ranks of a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from suantu.cli.common import Session, common
from suantu.cli.completing import things

if TYPE_CHECKING:
    from suantu.lookup import Rank


@click.command("rank")
@click.argument("name", default="", shell_complete=things)
@click.option("--year", default="", metavar="YYYY", help="Only rankings of that year.")
@click.option("--by-year", is_flag=True, help="One line a thing, one column a period.")
@click.option("--limit", type=click.IntRange(1), default=None, metavar="N", help="At most N entries.")
@common()
def command(session: Session, name: str, year: str, by_year: bool, limit: int | None) -> None:
    """The rankings whose name holds NAME, or the ranks of the thing NAME; without NAME, all rankings.

    \b
    Examples:
      suantu rank
      suantu rank cities --year 2020
      suantu rank cities --by-year
      suantu rank Beijing
    """
    if year and not (year.isdecimal() and len(year) == 4):
        raise click.UsageError(f"--year {year}: not a year of four digits")
    from suantu.lookup import ranks

    found = ranks(session.endpoint, ranking=name, year=year, limit=limit or 0)
    if name and not found:
        item = _thing_or_none(session, name)
        found = ranks(session.endpoint, item=item, year=year, limit=limit or 0) if item else []
    labels = session.labels({i for r in found for i in (r.item, r.place)})
    if by_year:
        _pivot(session, found, labels)
    elif not name and not year:
        _overview(session, found, labels)
    else:
        _entries(session, found, labels)


def _thing_or_none(session: Session, name: str) -> str:
    from suantu.errors import UsageError
    from suantu.names import AmbiguousNameError

    try:
        return session.thing(name)
    except AmbiguousNameError:
        raise
    except UsageError as error:
        raise UsageError(f"no ranking has {name!r} in its name, and {error}") from None


def _overview(session: Session, found: list[Rank], labels: dict[str, str]) -> None:
    groups: dict[tuple[str, str, str], list[Rank]] = {}
    for rank in found:
        groups.setdefault((rank.ranking, rank.period, rank.place), []).append(rank)
    rows = [
        [
            ranking,
            period,
            labels.get(place, ""),
            str(len(entries)),
            ", ".join(labels[r.item] for r in entries if r.rank == "1"),
        ]
        for (ranking, period, place), entries in groups.items()
    ]
    session.rows([session.say(k) for k in ("ranking", "period", "place", "entries", "leader")], rows)


def _entries(session: Session, found: list[Rank], labels: dict[str, str]) -> None:
    from suantu.cli.output import fact_number, source_text
    from suantu.lookup import sources

    quoted = sources(session.endpoint, [r.fact for r in found])
    rows, records = [], []
    for r in found:
        source = quoted.get(r.fact)
        rows.append(
            [r.ranking, r.period, r.rank, labels[r.item], r.tier, source_text(session, source), fact_number(r.fact)]
        )
        named = {"itemLabel": labels[r.item], "source": source._asdict() if source else {}}
        records.append({k: v for k, v in (r._asdict() | named).items() if v})
    session.rows(
        [session.say(k) for k in ("ranking", "period", "rank", "item", "tier", "source", "fact")], rows, records
    )


def _pivot(session: Session, found: list[Rank], labels: dict[str, str]) -> None:
    periods = sorted({r.period for r in found})
    cells: dict[tuple[str, str], dict[str, str]] = {}
    for r in found:
        cells.setdefault((r.ranking, r.item), {}).setdefault(r.period, r.rank)
    last = [dict.get(c, periods[-1], "") for c in cells.values()] if periods else []
    order = sorted(zip(cells, last, strict=True), key=lambda pair: (pair[0][0], int(pair[1] or 10**9), pair[0][1]))
    rows = [
        [ranking, labels[item], *(cells[ranking, item].get(p, "") for p in periods)] for (ranking, item), _ in order
    ]
    session.rows([session.say("ranking"), session.say("item"), *periods], rows)
