"""``suantu export``: a part of the graph for other programs, or as a picture."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from suantu.cli.common import Session, common
from suantu.errors import InputError, UsageError

if TYPE_CHECKING:
    from suantu.export import Exported
    from suantu.export.select import Wanted

_NAMES = ("graphml", "gexf", "dot", "cytoscape", "mermaid", "csv", "jsonld", "ttl", "trig", "nq", "svg", "png", "html")


@click.command("export")
@click.option("--around", multiple=True, metavar="THING", help="Begin at this thing; may be given several times.")
@click.option("--hops", type=click.IntRange(0), default=1, show_default=True, metavar="N", help="How far from there.")
@click.option("--path", nargs=2, metavar="A B", help="The shortest ways between two things.")
@click.option("--query", metavar="NAME|FILE", help="A named question, a file, or SPARQL: CONSTRUCT or SELECT ?s ?p ?o.")
@click.option("--class", "classes", multiple=True, metavar="CLASS", help="One: at either end; several: at both ends.")
@click.option("--property", "properties", multiple=True, metavar="NAME", help="Only these relations or metrics.")
@click.option("--place", metavar="PLACE", help="Only facts about a place and what lies in it.")
@click.option("--year", metavar="YYYY", help="Only figures and ranks of a year, and relations between their things.")
@click.option("--no-observations", is_flag=True, help="No figures and no ranks.")
@click.option("--lexicon", is_flag=True, help="Also things that no document names.")
@click.option("--full", is_flag=True, help="Claims, figures, passages and documents as nodes of their own.")
@click.option("--limit", type=click.IntRange(0), metavar="N", help="At most N things; 0: all.  [default: by format]")
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="Where to; a folder for csv.")
@common(formats=_NAMES)
def command(session: Session, output: Path | None, limit: int | None, query: str | None, **options: object) -> None:
    """A part of the graph, for other programs or as a picture.

    Without --around, --path or --query it is everything that documents state. At most 60 things go into svg, png and
    mermaid, 200 into dot, 2,000 into html and 10,000 into the rest, the nearest and best connected first; what is left
    out is said on stderr. The ending of FILE chooses the format.

    \b
    Examples:
      suantu export --around NVIDIA --hops 2 -o nvidia.html
      suantu export --class Chip --property madeBy --format graphml -o chips.graphml
    """
    from suantu.export import FORMATS, export

    form = _format(session, output)
    wanted = _wanted(session, options, query, FORMATS[form].limit if limit is None else limit)
    source = None if session.url else session.kb.source_text
    done = export(session.endpoint, wanted, form, session.language, source)
    _write(session, done, form, output)
    if done.left_out or done.facts_left_out:
        session.note(session.say("left_out", things=done.left_out, facts=done.facts_left_out, limit=wanted.limit))
    if not done.nodes:
        session.note(session.say("nothing"))


def _format(session: Session, output: Path | None) -> str:
    """What --format says; else what the file's ending says."""
    from suantu.export import FORMATS

    context = click.get_current_context()
    if context.get_parameter_source("format_") != click.core.ParameterSource.DEFAULT or output is None:
        return session.form
    endings = {how.ending: name for name, how in FORMATS.items() if how.ending} | {".json": "cytoscape"}
    if output.suffix.lower() not in endings:
        known = ", ".join(sorted(endings))
        raise UsageError(f"{output}: its ending names no format; end it with one of {known}, or give --format")
    return endings[output.suffix.lower()]


def _wanted(session: Session, options: dict[str, object], query: str | None, limit: int) -> Wanted:
    from suantu.export.select import Wanted

    given = {k: v for k, v in options.items() if v}
    begins = [
        name
        for name, on in (("--around", given.get("around")), ("--path", given.get("path")), ("--query", query))
        if on
    ]
    if len(begins) > 1:
        raise UsageError(f"{' and '.join(begins)} each say where to begin: give one of them")
    relations, metrics = _properties(session, _strings(options["properties"]))
    pair = _strings(options["path"])
    return Wanted(
        around=tuple(dict.fromkeys(session.thing(name) for name in _strings(options["around"]))),
        hops=int(str(options["hops"])),
        path=(session.thing(pair[0]), session.thing(pair[1])) if pair else None,
        query=_query(session, query) if query else "",
        classes=tuple(session.cls(name) for name in _strings(options["classes"])),
        properties=relations,
        metrics=metrics,
        place=session.thing(str(given["place"])) if "place" in given else "",
        year=_year(str(given["year"])) if "year" in given else "",
        observations="no_observations" not in given,
        lexicon="lexicon" in given,
        full="full" in given,
        limit=limit,
    )


def _strings(value: object) -> list[str]:
    return [str(x) for x in value] if isinstance(value, (tuple, list)) else []


def _year(text: str) -> str:
    if not (len(text) == 4 and text.isascii() and text.isdigit()):
        raise UsageError(f"--year {text}: not a year of four digits")
    return text


def _properties(session: Session, names: list[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The relations and the metrics that the names mean."""
    from suantu.export.naming import resolve_property

    found = [resolve_property(session.endpoint, name) for name in names]
    return tuple(x for x, metric in found if not metric), tuple(x for x, metric in found if metric)


def _query(session: Session, given: str) -> str:
    """The SPARQL that --query means: SPARQL itself, a file, or a named question that needs no parameters."""
    from suantu.paths import ontology_dir
    from suantu.query import bind, get

    if "{" in given:
        return given
    path = Path(given)
    if path.suffix or path.is_file():
        try:
            return path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from error
    return bind(get(ontology_dir(), given), {}, session.thing, session.cls)


def _write(session: Session, done: Exported, form: str, output: Path | None) -> None:
    from suantu.cli.output import write_text
    from suantu.export import FORMATS

    if output is None and len(done.files) > 1:
        raise UsageError(f"{form} is written as {' and '.join(done.files)}: give a folder with -o DIR")
    if output is None:
        (data,) = done.files.values()
        if FORMATS[form].binary:
            if session.terminal:
                raise UsageError(f"{form} is no text: give a file with -o FILE")
            sys.stdout.buffer.write(data)
        else:
            write_text(session, data.decode("utf8"))
        return
    try:
        if len(done.files) > 1:
            output.mkdir(parents=True, exist_ok=True)
        for name, data in done.files.items():
            (output / name if name else output).write_bytes(data)
    except OSError as error:
        raise InputError(f"{error.filename or output}: cannot be written: {error.strerror}") from error
    session.note(session.say("exported", nodes=done.nodes, edges=done.edges, file=output))
