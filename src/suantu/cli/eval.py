"""``suantu eval``: recall and errors against hand-made facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.evaluate import Part, Score

_KINDS = ("entities", "relations", "observations", "rankings")


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--misses", is_flag=True, help="List what the graph lacks.")
@click.option("--extras", is_flag=True, help="List what it has beyond, with the rule that found it.")
@click.option("--by-rule", is_flag=True, help="For each rule: facts in the gold, and beyond it.")
@common()
def command(session: Session, gold: Path, misses: bool, extras: bool, by_rule: bool) -> None:
    """Compare the graph with a file of hand-made facts. Exits with 1 where it holds what must not be there.

    \b
    Examples:
      suantu eval report.gold --kb kb
      suantu eval report.gold --misses --by-rule
    """
    from suantu.evaluate import evaluate, read_gold

    facts = read_gold(gold)
    score = evaluate(session.endpoint, facts)
    if session.form == "json":
        from suantu.cli.output import write_json

        write_json(_record(score))
    else:
        _print(session, score)
        _lists(session, score, misses, extras)
        if by_rule:
            rows = [[rule, str(a), str(b)] for rule, (a, b) in sorted(score.by_rule.items(), key=lambda i: -i[1][1])]
            session.rows([session.say("rule"), session.say("in_gold"), session.say("beyond")], rows)
    if score.errors:
        click.get_current_context().exit(1)


def _record(score: Score) -> dict[str, Any]:
    from dataclasses import asdict

    record = asdict(score)
    for kind in _KINDS:
        record[kind].pop("matched")
    return record


def _part(score: Score, kind: str) -> Part:
    part: Part = getattr(score, kind)
    return part


def _print(session: Session, score: Score) -> None:
    rows = [
        [kind, name, str(count), f"{count / part.counts['gold']:.1%}" if part.counts["gold"] and _share(name) else ""]
        for kind in _KINDS
        for part in [_part(score, kind)]
        for name, count in part.counts.items()
    ]
    found = score.observations.counts["value_unit"]
    rows += [
        ["observations", name, str(n), f"{n / found:.1%}" if found else ""] for name, n in score.figure_parts.items()
    ]
    rows += [["ungrounded", "", str(score.ungrounded), ""], ["errors", "", str(len(score.errors)), ""]]
    session.rows([session.say(k) for k in ("kind", "count", "number", "share")], rows)


def _share(name: str) -> bool:
    return name in {"strict", "lenient", "found", "value_unit", "full"}


def _lists(session: Session, score: Score, misses: bool, extras: bool) -> None:
    from suantu.table import visible

    lines = [f"ERROR\t{error}" for error in score.errors]
    for kind in _KINDS:
        part = _part(score, kind)
        if misses:
            lines += [f"missed\t{kind}\t{miss}" for miss in part.misses]
        if extras:
            lines += [f"extra\t{kind}\t{e.text}\t{', '.join(e.rules)}" for e in part.extras]
    for line in lines:
        click.echo("\t".join(visible(cell) for cell in line.split("\t")))
