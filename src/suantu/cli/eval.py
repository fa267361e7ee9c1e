"""``suantu eval``: recall and errors against hand-made facts."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from suantu.cli.common import Session, common
from suantu.evaluate import KINDS

if TYPE_CHECKING:
    from suantu.evaluate import Part, Score


@click.command("eval")
@click.argument("gold", type=click.Path(path_type=Path))
@click.option("--misses", is_flag=True, help="List what the graph lacks.")
@click.option("--extras", is_flag=True, help="List what it has beyond, with the rule that found it.")
@click.option("--by-rule", is_flag=True, help="For each rule: facts in the gold, and beyond it.")
@common()
def command(session: Session, gold: Path, misses: bool, extras: bool, by_rule: bool) -> None:
    """Compare the graph with a file of hand-made facts. Exits with 1 where it holds what must not be there.

    Recall is told always; precision where the file says that it has all facts: # complete, or # complete: relations.

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
            _print_rules(session, score)
    if score.errors:
        click.get_current_context().exit(1)


def _record(score: Score) -> dict[str, Any]:
    from dataclasses import asdict

    record = asdict(score)
    for kind in KINDS:
        record[kind].pop("matched")
        record[kind].pop("partly")
        record[kind]["precision"] = _part(score, kind).precision
    record["by_rule"] = {rule: n._asdict() for rule, n in score.by_rule.items()}
    return record


def _print_rules(session: Session, score: Score) -> None:
    """The rules, those that err most first."""
    ordered = sorted(score.by_rule.items(), key=lambda item: (-item[1].beyond, -item[1].partly, item[0]))
    rows = [
        [rule, str(n.in_gold), str(n.partly), str(n.beyond), "" if n.precision is None else f"{n.precision:.1%}"]
        for rule, n in ordered
    ]
    session.rows([session.say(key) for key in ("rule", "in_gold", "partly", "beyond", "precision")], rows)


def _part(score: Score, kind: str) -> Part:
    part: Part = getattr(score, kind)
    return part


def _print(session: Session, score: Score) -> None:
    rows = [
        [kind, name, str(count), f"{count / part.counts['gold']:.1%}" if part.counts["gold"] and _share(name) else ""]
        for kind in KINDS
        for part in [_part(score, kind)]
        for name, count in part.counts.items()
    ]
    for kind in KINDS:
        part = _part(score, kind)
        if part.precision is not None:
            rows.append([kind, "precision", str(part.counts["matched"]), f"{part.precision:.1%}"])
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
    for kind in KINDS:
        part = _part(score, kind)
        if misses:
            lines += [f"missed\t{kind}\t{miss}" for miss in part.misses]
        if extras:
            lines += [f"extra\t{kind}\t{e.text}\t{', '.join(e.rules)}" for e in part.extras]
    for line in lines:
        click.echo("\t".join(visible(cell) for cell in line.split("\t")))
