"""``suantu check``: whether everything in the graph can be trusted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.check import Report
    from suantu.checks.finding import Finding, Part

_PARTS = ("sources", "shapes", "cube", "figures", "arithmetic")
_STYLES = {"error": "red", "warning": "yellow", "note": ""}
_LONG = 160  # characters of a quote or sentence on a line


@click.command("check")
@click.option("--only", multiple=True, type=click.Choice(_PARTS), help="Only this part; may be given more than once.")
@click.option("--all", "everything", is_flag=True, help="Also warnings, and figures that no fact should hold.")
@click.option("--jobs", "-j", type=click.IntRange(1, 256), default=None, metavar="N", help="Processes at once.")
@click.option("--ontology", type=click.Path(path_type=Path), help="An ontology folder in place of the packaged one.")
@common(formats=("table", "json"))
def command(session: Session, only: tuple[str, ...], everything: bool, jobs: int | None, ontology: Path | None) -> None:
    """Check every passage against its source text, the graph against its SHACL shapes and the integrity constraints of
    the data cube; list the figures that no fact captured, and what does not add up.

    Exits with 1 where a passage, a shape or a constraint fails. The source texts can only be checked with --kb, not
    over --endpoint.

    \b
    Examples:
      suantu check
      suantu check --only sources --only cube --format json
    """
    import gc

    gc.enable()
    from suantu.check import check
    from suantu.paths import ontology_dir

    kb = None if session.url else session.kb
    wanted, folder = only or _PARTS, ontology or ontology_dir()
    report = check(session.endpoint, kb, folder, only=wanted, language=session.language, jobs=jobs or 0)
    if session.form == "json":
        from suantu.cli.output import write_json

        write_json(_record(report))
    else:
        _print(session, report, everything)
    for part in report.parts:
        if part.skipped:
            session.note(f"{session.say(f'check_{part.name}')}: {part.skipped}")
    if report.errors:
        click.get_current_context().exit(1)


def _record(report: Report) -> dict[str, Any]:
    return {
        "ok": report.errors == 0,
        "errors": report.errors,
        "parts": [
            {"name": p.name, "what": p.what, "counted": p.counted, "errors": p.errors, "skipped": p.skipped}
            for p in report.parts
        ],
        "findings": [f._asdict() for f in report.findings],
        "capture": [{**c._asdict(), "rate": round(c.rate, 4)} for c in report.captures],
        "loose": [one._asdict() for one in report.loose],
    }


def _print(session: Session, report: Report, everything: bool) -> None:
    for part in report.parts:
        click.echo(_summary(session, part))
    shown = [f for f in report.findings if everything or f.level != "warning"]
    if shown:
        click.echo()
    titles = {c.document: c.title for c in report.captures}
    for finding in shown:
        _print_finding(session, finding, titles)
    if report.captures:
        _print_figures(session, report, everything)


def _summary(session: Session, part: Part) -> str:
    """One line on one part: what was looked at, and how it went."""
    from suantu.table import visible

    name = session.say(f"check_{part.name}")
    if part.skipped:
        return f"{name}\t{session.say('check_skipped')}"
    counts = {level: sum(f.level == level for f in part.findings) for level in _STYLES}
    outcome = ", ".join(session.say(f"check_{level}s", n=n) for level, n in counts.items() if n)
    looked = session.say("check_looked", n=f"{part.counted:,}", what=session.say(f"check_of_{part.name}"))
    return visible(f"{name}: {looked}, {outcome or session.say('check_ok')}")


def _print_finding(session: Session, finding: Finding, titles: dict[str, str]) -> None:
    from suantu.query import readable
    from suantu.table import visible

    level = session.say(f"check_{finding.level}")
    if session.terminal and _STYLES[finding.level]:
        level = click.style(level, fg=_STYLES[finding.level])
    where = titles.get(finding.document, readable(finding.document)) if finding.document else ""
    click.echo(f"{level}\t{visible(readable(finding.node))}\t{visible(finding.message)}")
    if finding.quote:
        click.echo(f"\t“{_short(finding.quote)}”" + (f" — {visible(where)}" if where else ""))


def _short(text: str) -> str:
    from suantu.table import visible

    plain = " ".join(text.split())
    return visible(plain if len(plain) <= _LONG else plain[:_LONG] + "…")


def _print_figures(session: Session, report: Report, everything: bool) -> None:
    names = ("document", "captured", "missed", "unasserted", "plain", "capture_rate")
    rows = [
        [c.title, str(c.captured), str(c.missed), str(c.unasserted), str(c.plain), f"{c.rate:.1%}"]
        for c in report.captures
    ]
    click.echo()
    session.rows([session.say(name) for name in names], rows)
    shown = [one for one in report.loose if everything or one.group == "missed"]
    if not shown:
        return
    titles = {c.document: c.title for c in report.captures}
    header = [session.say(name) for name in ("value", "reason", "document", "sentence")]
    click.echo()
    session.rows(header, [[x.words, x.reason, titles.get(x.document, ""), _short(x.sentence)] for x in shown])
