"""How results are written: a table for people, tab-separated for a pipe, CSV, JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from suantu.cli.common import Session
    from suantu.lookup import Figure, Source


def write_rows(
    session: Session, header: Sequence[str], rows: list[list[str]], records: list[dict[str, Any]] | None = None
) -> None:
    """Print rows in the session's format. An empty result prints its header and a remark on stderr."""
    if session.form == "json":
        write_json(records if records is not None else [dict(zip(header, row, strict=True)) for row in rows])
    elif session.form == "csv":
        _write_csv(session, header, rows)
    elif session.form == "table" and session.terminal:
        write_table(header, rows)
    else:
        write_tabbed(header, rows)
    if not rows:
        session.note(session.say("nothing"))


def write_tabbed(header: Sequence[str], rows: list[list[str]]) -> None:
    """Print tab-separated values, in one piece: a write for each line takes longer than the rows."""
    from suantu.table import tabbed

    click.echo("\n".join(tabbed(header, rows)))


def write_table(header: Sequence[str], rows: list[list[str]], indent: str = "") -> None:
    """Print an aligned table that keeps to the terminal's width, without the columns that are empty."""
    from shutil import get_terminal_size

    from suantu.table import aligned

    kept = [i for i in range(len(header)) if not rows or any(row[i] for row in rows)]
    head, body = [header[i] for i in kept], [[row[i] for i in kept] for row in rows]
    lines = aligned(head, body, get_terminal_size().columns - len(indent))
    if len(lines) == len(rows) + 1:  # not blocks of lines
        lines[0] = click.style(lines[0], bold=True)
    click.echo("\n".join(indent + line for line in lines))


def write_json(data: object) -> None:
    """Print indented JSON; control characters come out escaped."""
    import json

    from suantu.table import harmless

    click.echo(harmless(json.dumps(data, ensure_ascii=False, indent=1, default=str)))


def write_text(session: Session, text: str) -> None:
    """Print text as it is, but for control characters where a terminal would obey them."""
    if session.terminal:
        from suantu.table import harmless

        text = harmless(text)
    click.echo(text, nl=not text.endswith("\n"))


def _write_csv(session: Session, header: Sequence[str], rows: list[list[str]]) -> None:
    import csv
    import io

    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    write_text(session, out.getvalue())


def figure(value: str, unit: str) -> str:
    """A number and its unit as people read them: thousands apart, ``%`` for percent."""
    whole, point, part = value.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    text = sign + (f"{int(digits):,}" if digits.isdigit() and len(digits) > 4 else digits) + point + part
    return f"{text}%" if unit == "percent" else f"{text} {unit}".strip()


def amount(found: Figure) -> str:
    """A figure's value with its bound and unit."""
    bound = "" if found.bound in ("", "=") else found.bound
    return bound + figure(found.value, found.unit)


def source_text(session: Session, source: Source | None) -> str:
    """A source in short: title, page, or else section."""
    if source is None:
        return ""
    where = session.say("page_short", page=source.page) if source.page else source.section
    return ", ".join(dict.fromkeys(part for part in (source.title, where) if part))


def fact_number(fact: str) -> str:
    """The beginning of a fact's key, which `suantu why` takes."""
    return fact.rpartition("/")[2][:10]


def figure_rows(session: Session, found: list[Figure], sources: dict[str, Source]) -> tuple[list[str], list[list[str]]]:
    """A header and figures as rows. People get the value as they would write it, programs the number and its unit."""
    labels = session.labels(_iris(found))
    people = session.terminal and session.form == "table"
    numbers = ("value",) if people else ("value", "unit", "bound")
    header = ("about", "metric", "place", "within", "period", *numbers, "status", "said_by", "source", "fact")

    def row(f: Figure) -> list[str]:
        first = [labels.get(f.about, ""), labels.get(f.metric, ""), labels.get(f.place, ""), labels.get(f.within, "")]
        value = [amount(f)] if people else [f.value, f.unit, f.bound]
        last = [labels.get(f.status, ""), labels.get(f.said_by, ""), source_text(session, sources.get(f.fact))]
        return [*first, f.period, *value, *last, fact_number(f.fact)]

    return [session.say(name) for name in header], [row(f) for f in found]


def figure_records(session: Session, found: list[Figure], sources: dict[str, Source]) -> list[dict[str, Any]]:
    """Figures for JSON: IRIs, values and labels, with the source."""
    labels = session.labels(_iris(found)) if session.form == "json" else {}
    records = []
    for f in found:
        record: dict[str, Any] = {k: v for k, v in f._asdict().items() if v}
        record |= {f"{k}Label": labels[v] for k, v in f._asdict().items() if v in labels}
        source = sources.get(f.fact)
        records.append(record | ({"source": source._asdict()} if source else {}))
    return records


def _iris(found: list[Figure]) -> set[str]:
    return {i for f in found for i in (f.metric, f.about, f.place, f.within, f.status, f.said_by)}
