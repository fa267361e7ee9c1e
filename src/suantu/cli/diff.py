"""``suantu diff``: what two sides say differently."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from suantu.cli.common import Session, common
from suantu.errors import UsageError

if TYPE_CHECKING:
    from suantu.diff import Change, Forecast, Rank, Relation
    from suantu.statements import Statement
    from suantu.stores.base import Endpoint

_MANIFEST = "manifest.json"
_KINDS = {"Statement": "figures", "Rank": "ranks", "Relation": "relations"}


@click.command("diff")
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option("--only", type=click.Choice(list(_KINDS.values())), help="Only differences of this kind.")
@click.option("--forecasts", is_flag=True, help="The forecasts of A beside the later actual figures of B.")
@common()
def command(session: Session, a: str | None, b: str | None, only: str | None, forecasts: bool) -> None:
    """What A and B say differently: values that changed, and what only one of them says.

    A and B are directories of knowledge bases, or documents (file name, title, or hash) of --kb. With --forecasts both
    may be left out: then all documents of the knowledge base are compared with each other.

    \b
    Examples:
      suantu diff old-kb new-kb --only figures
      suantu diff report-2020.txt report-2022.txt
      suantu diff --forecasts
    """
    if (a is None) != (b is None) or (a is None and not forecasts):
        raise click.UsageError("give two sides to compare")
    if forecasts:
        _forecasts(session, a, b)
    else:
        _differences(session, str(a), str(b), only)


def _side(session: Session, name: str | None) -> tuple[Endpoint, str]:
    """The graph that a side is in, and the IRI of the document (empty for the whole graph)."""
    if not name:
        return session.endpoint, ""
    if (Path(name) / _MANIFEST).is_file():
        from suantu.stores.kb import KnowledgeBase
        from suantu.stores.local import LocalEndpoint

        opened = KnowledgeBase.open(name)
        endpoint: LocalEndpoint = opened.endpoint()
        session.on_close(endpoint.close, opened.close)
        return endpoint, ""
    if not session.url:
        return session.endpoint, session.kb.find(name).iri
    from suantu.lookup import documents

    found = [d.iri for d in documents(session.endpoint) if name in {d.iri, d.title, d.iri.rpartition("/")[2]}]
    if len(found) != 1:
        raise UsageError(f"{name}: {'several documents have this name' if found else 'no such document'}")
    return session.endpoint, found[0]


# ---- differences -----------------------------------------------------------------------------------------------------


def _differences(session: Session, a: str, b: str, only: str | None) -> None:
    from suantu.diff import differences, side

    ends = [_side(session, name) for name in (a, b)]
    found = differences(*(side(endpoint, document) for endpoint, document in ends))
    shown = [c for c in found if only in (None, _kind(c))]
    labels = _labels(session, ends, [x for c in shown for x in (c.a, c.b) if x is not None])
    names = ("change", "kind", "what", "value A", "value B", "difference", "source A", "source B", "fact A", "fact B")
    header = [" ".join(session.say(word) if word.islower() else word for word in name.split()) for name in names]
    rows = [_row(session, c, labels) for c in shown]
    session.rows(header, rows, [_record(c, labels) for c in shown])


def _kind(change: Change) -> str:
    return _KINDS[type(change.a if change.a is not None else change.b).__name__]


def _labels(
    session: Session, ends: list[tuple[Endpoint, str]], found: list[Statement | Relation | Rank]
) -> dict[str, str]:
    """Labels from both graphs: each may know things that the other does not."""
    from suantu.names import labels

    iris: set[str] = set()
    for one in found:
        names = (
            "metric",
            "about",
            "within",
            "said_by",
            "compared_with",
            "subject",
            "predicate",
            "object",
            "item",
            "place",
        )
        iris |= {getattr(one, name, "") for name in names}
    known: dict[str, str] = {}
    for endpoint in {id(endpoint): endpoint for endpoint, _ in reversed(ends)}.values():
        given = labels(endpoint, iris - {""}, session.language)
        known |= {iri: text for iri, text in given.items() if iri not in known or ":" not in text}
    return known


def _row(session: Session, change: Change, labels: dict[str, str]) -> list[str]:
    from suantu.cli.output import fact_number

    one = change.a if change.a is not None else change.b
    apart = f"{change.difference:.1%}" if change.difference is not None else ""
    sides = (change.a, change.b)
    values = [_value(session, x, labels) for x in sides]
    sources = [_source(x) for x in sides]
    facts = [fact_number(x.fact) if x is not None else "" for x in sides]
    kind = session.say(_kind(change))
    return [session.say(f"diff_{change.change}"), kind, _what(one, labels), *values, apart, *sources, *facts]


def _what(one: Statement | Relation | Rank | None, labels: dict[str, str]) -> str:
    names = {
        "Statement": ("metric", "about", "place", "within", "period"),
        "Relation": ("subject", "predicate", "object"),
        "Rank": ("ranking", "period", "place", "item"),
    }[type(one).__name__]
    values = [getattr(one, name) for name in names]
    return " · ".join(labels.get(value, value) for value in values if value)


def _value(session: Session, one: Statement | Relation | Rank | None, labels: dict[str, str]) -> str:
    if one is None:
        return ""
    kind = type(one).__name__
    if kind == "Statement":
        from suantu.cli.conflicts import statement_text

        value, status, *_ = statement_text(session, one, labels)  # type: ignore[arg-type]
        return f"{value} ({status})"
    return str(getattr(one, "rank", "")) or session.say("diff_said")


def _source(one: Statement | Relation | Rank | None) -> str:
    title, issued = getattr(one, "title", ""), getattr(one, "issued", "")
    return ", ".join(part for part in (title, issued) if part)


def _record(change: Change, labels: dict[str, str]) -> dict[str, Any]:
    record: dict[str, Any] = {"change": change.change, "kind": _kind(change)}
    for name, one in (("a", change.a), ("b", change.b)):
        if one is not None:
            record[name] = _one_record(one, labels)
    return record | ({"difference": float(change.difference)} if change.difference is not None else {})


def _one_record(one: Statement | Relation | Rank, labels: dict[str, str]) -> dict[str, Any]:
    from suantu.cli.conflicts import statement_record

    return statement_record(one, labels)  # type: ignore[arg-type]


# ---- forecasts -------------------------------------------------------------------------------------------------------


def _forecasts(session: Session, a: str | None, b: str | None) -> None:
    from suantu.diff import forecasts
    from suantu.statements import statements

    ends = [_side(session, name) for name in (a, b)]
    found = forecasts(*(statements(endpoint, document) for endpoint, document in ends))
    labels = _labels(session, ends, [x for f in found for x in (f.forecast, f.actual)])
    header = [
        session.say(n)
        for n in ("what", "status_Forecast", "source", "status_Actual", "source", "error", "fact", "fact")
    ]
    session.rows(
        header, [_forecast_row(session, f, labels) for f in found], [_forecast_record(f, labels) for f in found]
    )


def _forecast_row(session: Session, one: Forecast, labels: dict[str, str]) -> list[str]:
    from suantu.cli.output import fact_number

    cells = [c for s in (one.forecast, one.actual) for c in (_value(session, s, labels), _source(s))]
    facts = [fact_number(s.fact) for s in (one.forecast, one.actual)]
    return [_what(one.forecast, labels), *cells, f"{one.error:+.1%}", *facts]


def _forecast_record(one: Forecast, labels: dict[str, str]) -> dict[str, Any]:
    sides = {name: _one_record(s, labels) for name, s in (("forecast", one.forecast), ("actual", one.actual))}
    return {"error": float(one.error), **sides}
