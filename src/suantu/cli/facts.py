"""``suantu facts``: figures by what they are about, metric, place, year …"""

from __future__ import annotations

from typing import Any

import click

from suantu.cli.common import Session, common
from suantu.cli.completing import things


@click.command("facts")
@click.option(
    "--about",
    multiple=True,
    metavar="THING",
    shell_complete=things,
    help="What is measured; may be given more than once.",
)
@click.option("--metric", default="", metavar="METRIC", help="What was measured: marketSize, or a label.")
@click.option("--place", default="", metavar="THING", shell_complete=things, help="Where.")
@click.option("--year", default="", metavar="YYYY", help="The last year of the period.")
@click.option("--forecast/--actual", "ahead", default=None, help="Only forecasts, or only what is no forecast.")
@click.option("--said-by", default="", metavar="THING", shell_complete=things, help="Who says so.")
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
    header, rows = figure_rows(session, found, quoted)
    session.rows(header, rows, figure_records(session, found, quoted))


def _conditions(session: Session, options: dict[str, Any]) -> dict[str, Any]:
    from suantu.names import resolve_metric

    year = options["year"]
    if year and not (year.isdecimal() and len(year) == 4):
        raise click.UsageError(f"--year {year}: not a year of four digits")
    ahead = options["ahead"]
    status = () if ahead is None else ("Forecast",) if ahead else ("Actual", "Estimate")
    return {
        "about": [session.thing(name) for name in options["about"]],
        "metric": resolve_metric(session.endpoint, options["metric"]) if options["metric"] else "",
        "place": session.thing(options["place"]) if options["place"] else "",
        "year": year,
        "status": status,
        "said_by": session.thing(options["said_by"]) if options["said_by"] else "",
        "limit": options["limit"] or 0,
    }
