"""``suantu conflicts``: figures that disagree, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.conflicts import Conflict
    from suantu.statements import Statement


@click.command("conflicts")
@click.option("--all", "everything", is_flag=True, help="Also pairs that differ for a reason, with that reason.")
@click.option("--about", multiple=True, metavar="THING", help="Only figures about it; may be given more than once.")
@click.option("--metric", default="", metavar="METRIC", help="Only figures of this metric: marketSize, or a label.")
@common()
def command(session: Session, everything: bool, about: tuple[str, ...], metric: str) -> None:
    """Different values for the same metric, thing, place and period, in one document or across documents.

    Without --all only true contradictions: not what differs in scope or unit, keeps the other's bound, is the other
    rounded, is a forecast of it, or is a later edition of the same publisher.

    \b
    Examples:
      suantu conflicts
      suantu conflicts --all --metric marketShare --format csv
    """
    from suantu.conflicts import CONTRADICTION, Cues, conflicts
    from suantu.names import resolve_metric
    from suantu.paths import ontology_dir
    from suantu.statements import iris_of, statements

    things = {session.thing(name) for name in about}
    wanted = resolve_metric(session.endpoint, metric) if metric else ""
    given = statements(session.endpoint)
    given = [s for s in given if (not things or s.about in things) and (not wanted or s.metric == wanted)]
    found = conflicts(given, Cues.read(ontology_dir()))
    shown = found if everything else [c for c in found if c.kind == CONTRADICTION]
    labels = session.labels(iris_of(s for c in shown for s in (c.a, c.b)))
    if session.terminal and session.form == "table" and shown:
        for number, one in enumerate(shown):
            _print(session, one, labels, first=not number)
    else:
        _write(session, shown, labels)
    if len(found) > len(shown):
        session.note(session.say("conflicts_more", n=len(found) - len(shown)))


def statement_text(session: Session, one: Statement, labels: dict[str, str]) -> list[str]:
    """What a statement says, who says it and where, and its words: as cells."""
    from suantu.cli.output import fact_number, figure

    where = session.say("page_short", page=one.page) if one.page else one.section
    who = ", ".join(part for part in (one.publisher, one.issued) if part)
    source = ", ".join(dict.fromkeys(part for part in (one.title, where) if part))
    status = session.say(f"status_{one.status}") if one.status else ""
    value = ("" if one.bound == "=" else one.bound) + figure(f"{one.value:f}", one.unit)
    return [value, status, labels.get(one.said_by, ""), who, source, one.quote, fact_number(one.fact)]


def subject_text(one: Statement, labels: dict[str, str]) -> str:
    """What is measured, where, of what and when, in short."""
    parts = [labels.get(i, "") for i in (one.metric, one.about, one.place, one.within)]
    return " · ".join(part for part in (*parts, one.period) if part)


def _kind(session: Session, one: Conflict) -> str:
    return session.say(f"conflict_{one.kind}")


def _print(session: Session, one: Conflict, labels: dict[str, str], *, first: bool) -> None:
    from suantu.table import visible

    if not first:
        click.echo()
    head = f"{_kind(session, one)} {one.difference:.1%}  {subject_text(one.a, labels)}"
    click.echo(click.style(visible(head), bold=True))
    for side in (one.a, one.b):
        value, *rest, quote, fact = statement_text(session, side, labels)
        scope = [labels.get(i, "") for i in (side.place, side.within) if one.kind == "scope"]
        click.echo("  " + "  ".join(visible(p) for p in (value, *scope, *rest, fact) if p))
        click.echo(f"    “{visible(' '.join(quote.split()))}”")


def _write(session: Session, shown: list[Conflict], labels: dict[str, str]) -> None:
    names = ("value", "status", "said_by", "publisher", "source", "words", "fact")
    header = [session.say(n) for n in ("conflict", "difference", "metric", "about", "place", "within", "period")]
    header += [f"{session.say(name)} {side}" for side in "AB" for name in names]
    rows = []
    for one in shown:
        a, b = one.a, one.b
        same = [labels.get(i, "") for i in (a.metric, a.about, a.place or b.place, a.within or b.within)]
        sides = [cell for side in (a, b) for cell in statement_text(session, side, labels)]
        rows.append([_kind(session, one), f"{one.difference:.4f}", *same, a.period, *sides])
    session.rows(header, rows, [_record(one, labels) for one in shown])


def _record(one: Conflict, labels: dict[str, str]) -> dict[str, Any]:
    sides = {name: statement_record(side, labels) for name, side in (("a", one.a), ("b", one.b))}
    return {"kind": one.kind, "difference": float(one.difference), **sides}


def statement_record(one: Statement, labels: dict[str, str]) -> dict[str, Any]:
    """A statement for JSON: IRIs, values and labels."""
    record: dict[str, Any] = {k: v for k, v in one._asdict().items() if v not in ("", None)}
    record |= {k: str(record[k]) for k in ("value", "lower", "upper") if k in record}
    return record | {f"{k}Label": labels[v] for k, v in one._asdict().items() if v in labels}
