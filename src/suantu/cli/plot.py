"""``suantu plot``: a chart of figures or ranks."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from suantu.cli.common import Session, common
from suantu.errors import InputError, UsageError

_RANK = "rank"


@click.command("plot")
@click.argument("what", metavar="METRIC|rank")
@click.option("--about", multiple=True, metavar="THING", help="Only these things; may be given more than once.")
@click.option("--place", default="", metavar="THING", help="Only figures or rankings of a place.")
@click.option("--within", default="", metavar="THING", help="Only shares of this whole.")
@click.option("--year", default="", metavar="YYYY", help="Only a year: bars in place of lines.")
@click.option("--ranking", default="", metavar="NAME", help="With rank: the rankings whose name holds NAME.")
@click.option("--chart", type=click.Choice(["lines", "bars"]), help="How a metric is drawn.  [default: by its years]")
@click.option(
    "--limit", type=click.IntRange(1), metavar="N", help="At most N lines or bars.  [default: 8, 20, 12 ranks]"
)
@click.option("--output", "-o", type=click.Path(path_type=Path), metavar="FILE", help="FILE.svg or FILE.png.")
@common(formats=("svg", "png"))
def command(session: Session, what: str, output: Path | None, chart: str | None, **options: Any) -> None:  # noqa: ANN401
    """A chart: a metric over the years, a metric of one year as bars, or ranks over the years.

    Known values are drawn full, estimates and forecasts dashed and hollow; the sources stand below. A chart shows one
    unit and one kind of period, the one most figures have; what is not drawn is said on stderr.

    \b
    Examples:
      suantu plot marketSize --place China -o size.svg
      suantu plot marketShare --year 2020 -o shares.svg
      suantu plot rank -o ranks.png
    """
    from suantu.plot import draw
    from suantu.plot.choose import chart as choose

    form = _format(session, output)
    made = choose(session.endpoint, _asked(session, what, chart, options), session.language)
    data = draw(made, form)
    if output is None:
        if form == "png" and session.terminal:
            raise UsageError("png is no text: give a file with -o FILE")
        sys.stdout.buffer.write(data)
    else:
        try:
            output.write_bytes(data)
        except OSError as error:
            raise InputError(f"{output}: cannot be written: {error.strerror}") from error
        points = sum(len(s.points) for s in made.series)
        session.note(session.say("plotted", series=len(made.series), points=points, file=output))
    if made.left_out:
        session.note(session.say("plot_left_out", n=made.left_out))


def _format(session: Session, output: Path | None) -> str:
    """What --format says; else what the file's ending says."""
    from suantu.plot import ENDINGS

    context = click.get_current_context()
    if context.get_parameter_source("format_") != click.core.ParameterSource.DEFAULT or output is None:
        return session.form
    if output.suffix.lower() not in ENDINGS:
        raise UsageError(f"{output}: its ending names no format; end it with {' or '.join(ENDINGS)}, or give --format")
    return ENDINGS[output.suffix.lower()]


def _asked(session: Session, what: str, chart: str | None, options: dict[str, Any]) -> Any:  # noqa: ANN401 - imported late
    from suantu.names import resolve_metric
    from suantu.plot.choose import Asked

    year = options["year"]
    if year and not (year.isascii() and year.isdecimal() and len(year) == 4):
        raise UsageError(f"--year {year}: not a year of four digits")
    rank = what.casefold() == _RANK
    for name, wrong in (("--ranking", options["ranking"] and not rank), ("--chart", chart and rank)):
        if wrong:
            raise UsageError(f"{name} does not go with {what}")
    return Asked(
        metric="" if rank else resolve_metric(session.endpoint, what),
        about=tuple(session.thing(name) for name in options["about"]),
        place=session.thing(options["place"]) if options["place"] else "",
        within=session.thing(options["within"]) if options["within"] else "",
        year=year,
        ranking=options["ranking"],
        kind=chart or "",
        limit=options["limit"] or 0,
    )
