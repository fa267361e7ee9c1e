"""``suantu facts``: figures by what they are about, metric, place, year …"""

from __future__ import annotations

from typing import Any

import click

from suantu.cli.common import Session, common

_HEADER = ("about", "metric", "place", "within", "period", "value", "status", "said_by", "source", "fact")


@click.command("facts")
@click.option("--about", multiple=True, metavar="THING", help="What is measured; may be given more than once.")
@click.option("--metric", default="", metavar="METRIC", help="What was measured: marketSize, or a label.")
@click.option("--place", default="", metavar="THING", help="Where.")
@click.option("--year", default="", metavar="YYYY", help="The last year of the period.")
@click.option("--forecast/--actual", "ahead", default=None, help="Only forecasts, or only what is no forecast.")
@click.option("--said-by", default="", metavar="THING", help="Who says so.")
@click.option("--limit", type=click.IntRange(1), default=None, metavar="N", help="At most N figures.")
@common()
def command(session: Session, **options: Any) -> None:  # noqa: ANN401 - click's options, read just below
    """The figures that meet all conditions, each with its source and its number for `suantu why`.

    \b
    Examples:
      suantu facts --metric marketSize --place China
      suantu facts --about NVIDIA --year 2024 --format csv
    """
    from suantu.cli.output import figure_records, figure_rows
    from suantu.lookup import figures, sources

    found = figures(session.endpoint, **_conditions(session, options))
    quoted = sources(session.endpoint, [f.fact for f in found])
    rows = figure_rows(session, found, quoted)
    session.rows([session.say(k) for k in _HEADER], rows, figure_records(session, found, quoted))


def _conditions(session: Session, options: dict[str, Any]) -> dict[str, Any]:
    year = options["year"]
    if year and not (year.isdecimal() and len(year) == 4):
        raise click.UsageError(f"--year {year}: not a year of four digits")
    ahead = options["ahead"]
    status = () if ahead is None else ("Forecast",) if ahead else ("Actual", "Estimate")
    return {
        "about": [session.thing(name) for name in options["about"]],
        "metric": metric(session, options["metric"]) if options["metric"] else "",
        "place": session.thing(options["place"]) if options["place"] else "",
        "year": year,
        "status": status,
        "said_by": session.thing(options["said_by"]) if options["said_by"] else "",
        "limit": options["limit"] or 0,
    }


def metric(session: Session, name: str) -> str:
    """The IRI of a metric by its local name, CURIE or label."""
    from suantu.border.vocab import STM
    from suantu.errors import UsageError
    from suantu.names import fold, resolve

    rows = session.endpoint.select(
        "SELECT DISTINCT ?m ?l WHERE { ?m a st:Metric . OPTIONAL { ?m skos:prefLabel|skos:altLabel ?l } }"
    )
    known: dict[str, str] = {}
    for row in rows:
        known[fold(row["m"].value.removeprefix(STM))] = row["m"].value
        if "l" in row:
            known.setdefault(fold(row["l"].value), row["m"].value)
    if fold(name) in known:
        return known[fold(name)]
    if ":" in name:
        return resolve(session.endpoint, name, session.language)
    names = sorted({m.removeprefix(STM) for m in known.values()})
    raise UsageError(f"unknown metric {name!r}: there are {', '.join(names) or 'none'}")
