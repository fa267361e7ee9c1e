"""``suantu query``: SPARQL, or a named question."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from suantu.cli.common import Session, common, timeout_option
from suantu.cli.completing import questions

if TYPE_CHECKING:
    from suantu.query import NamedQuery
    from suantu.stores.base import Table

FORMATS = ("table", "csv", "tsv", "json", "xml", "ttl", "nt", "jsonld", "rdfxml")


@click.command("query")
@click.argument("what", nargs=-1, metavar="[SPARQL | NAME [KEY=VALUE]… | -]", shell_complete=questions)
@click.option("-f", "--file", type=click.Path(path_type=Path), help="Read the query from a file.")
@click.option("--list", "show_list", is_flag=True, help="List the named questions.")
@click.option("--show", "show_text", is_flag=True, help="Print the SPARQL text and do not run it.")
@click.option("--raw", is_flag=True, help="IRIs as they are, without labels.")
@click.option("--limit", type=click.IntRange(0), default=None, metavar="N", help="At most N rows.")
@click.option("--offset", type=click.IntRange(0), default=None, metavar="N", help="Leave out the first N rows.")
@timeout_option(60, "Stop after that time.")
@click.option("--allow-service", is_flag=True, help="Let the query call other SPARQL services.")
@click.option(
    "--no-inferred",
    is_flag=True,
    help="Leave out what was only inferred (over --endpoint, what several documents say then counts for each).",
)
@click.option("--ontology", type=click.Path(path_type=Path), help="The ontology folder with the named questions.")
@common(formats=FORMATS)
def command(
    session: Session,
    what: tuple[str, ...],
    file: Path | None,
    show_list: bool,
    show_text: bool,
    raw: bool,
    limit: int | None,
    offset: int | None,
    timeout: float,
    allow_service: bool,
    no_inferred: bool,
    ontology: Path | None,
) -> None:
    """Ask the graph in SPARQL, or one of the named questions.

    The usual prefixes (st: sti: stm: stu: skos: prov: …) are known. ASK queries exit with 1 where the answer is no.

    \b
    Examples:
      suantu query 'SELECT ?chip WHERE { ?chip st:hasChipType ?type } LIMIT 5'
      suantu query --list
      suantu query products-of maker=NVIDIA
      suantu query market-size market="AI servers" --limit 20 --offset 20
      suantu query -f question.rq --format csv > answer.csv
    """
    session.allow_service, session.inferred = allow_service, not no_inferred
    directory = _ontology(ontology)
    if show_list:
        _list(session, directory)
        return
    text = _text(session, what, file, directory)
    if limit is not None:
        from suantu.query import limited

        text = limited(text, limit)
    if offset is not None:
        from suantu.query import skipped

        text = skipped(text, offset)
    if no_inferred and session.url:
        from suantu.query import without_graph

        text = without_graph(session.endpoint, text)
    if show_text:
        click.echo(text)
    else:
        _warn_slow(session, text)
        try:
            _run(session, text, raw, timeout)
        finally:
            _warn_unknown(session, text)


def _warn_slow(session: Session, text: str) -> None:
    """Say which FILTER NOT EXISTS the local store will ask once for every row."""
    if session.url or "EXISTS" not in text.upper():
        return
    from suantu.stores.minus import rewritten

    for at in rewritten(text).slow:
        session.note(session.say("slow_exists", line=text.count("\n", 0, at) + 1))


def _warn_unknown(session: Session, text: str) -> None:
    """Say which names of ours the graph does not know: a query with a slip in one is valid and finds nothing."""
    from contextlib import suppress

    from suantu.errors import SuantuError
    from suantu.query import unknown_terms

    with suppress(SuantuError):
        for name, near in unknown_terms(session.endpoint, text).items():
            session.note(session.say("unknown_term_near" if near else "unknown_term", name=name, near=near))


def _ontology(given: Path | None) -> Path:
    from suantu.paths import ontology_dir

    return given or ontology_dir()


def _text(session: Session, what: tuple[str, ...], file: Path | None, directory: Path) -> str:
    import re

    from suantu.query import get, parse

    if file is not None:
        text = _read(file)
        return _bound(session, parse(file.stem, text), what) if "# param " in text else text
    if not what:
        raise click.UsageError("what shall be asked? Give SPARQL, the name of a question (see --list), or -f FILE")
    first, rest = what[0], what[1:]
    if re.fullmatch(r"[\w-]+", first) and first != "-":
        return _bound(session, get(directory, first), rest)
    if rest:
        raise click.UsageError(f"after the query stands {rest[0]!r}: put SPARQL in quotes")
    return sys.stdin.read() if first == "-" else first


def _read(file: Path) -> str:
    from suantu.errors import InputError

    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}") from error


def _bound(session: Session, question: NamedQuery, pairs: tuple[str, ...]) -> str:
    from suantu.query import bind

    given: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            free = [p for p in question.parameters if p.name not in given]
            name, value = next((p.name for p in sorted(free, key=lambda p: p.default is not None)), ""), pair
            if not name:
                raise click.UsageError(f"{pair!r}: write NAME=VALUE")
        given[name] = value
    return bind(question, given, session.thing, session.cls)


def _run(session: Session, text: str, raw: bool, timeout: float) -> None:
    from suantu.stores.sparql import form

    kind = form(text)
    if session.form == "table" and kind == "SELECT":
        _print_table(session, session.endpoint.select(text, timeout=timeout), raw)
        return
    if kind == "ASK":
        _ask(session, text, timeout)
        return
    from suantu.cli.output import write_text

    wanted = "" if session.form == "table" else session.form
    write_text(session, session.endpoint.answer(text, wanted, timeout=timeout).text)


def _ask(session: Session, text: str, timeout: float) -> None:
    holds = session.endpoint.ask(text, timeout=timeout)
    if session.form == "table":
        click.echo("true" if holds else "false")
    else:
        click.echo(session.endpoint.answer(text, session.form, timeout=timeout).text)
    if not holds:
        click.get_current_context().exit(1)


def _print_table(session: Session, table: Table, raw: bool) -> None:
    from suantu.query import readable

    iris = {t.value for row in table.rows for t in row if t and t.kind == "iri"}
    shown = {} if raw else {iri: _beside(label, readable(iri)) for iri, label in session.labels(iris).items()}
    rows = [
        [shown.get(t.value, t.value) if t and t.kind == "iri" else t.value if t else "" for t in row]
        for row in table.rows
    ]
    session.rows(list(table.columns), rows)


def _beside(label: str, curie: str) -> str:
    return curie if label == curie else f"{label} ({curie})"


def _list(session: Session, directory: Path) -> None:
    from suantu.query import load

    rows, records = [], []
    for question in load(directory):
        parameters = " ".join(p.name if p.default is None else f"[{p.name}]" for p in question.parameters)
        rows.append([question.name, parameters, question.titles[session.language]])
        records.append({**question._asdict(), "parameters": [p._asdict() for p in question.parameters]})
    session.rows([session.say(k) for k in ("question", "parameters", "title")], rows, records)
