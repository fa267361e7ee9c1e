"""``suantu rules``: the rule author's workbench."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.workbench import Sentence

_KINDS = {"name": "names", "figure": "figures", "time": "period", "rank": "ranks", "mood": "moods", "sayer": "said_by"}


def _ontology(function: click.decorators.FC) -> click.decorators.FC:
    return click.option(
        "--ontology", type=click.Path(path_type=Path), help="An ontology folder in place of the packaged one."
    )(function)


@click.group("rules")
def command() -> None:
    """Check the rule files, or try what they read in a text.

    \b
    Examples:
      suantu rules check
      suantu rules try "NVIDIA's H100 delivers 989 TFLOPS."
    """


@command.command("check")
@_ontology
@common(formats=("table", "json"), remote=False)
def check_command(session: Session, ontology: Path | None) -> None:
    """Load the ontology folder, compile every rule, and run every rule's examples.

    One line for each that fails: the file, the rule, the reason. Exits with 1 where one does.

    \b
    Examples:
      suantu rules check
      suantu rules check --ontology batteries/
    """
    from suantu.paths import ontology_dir
    from suantu.table import visible
    from suantu.workbench import check

    number, failures = check(ontology or ontology_dir())
    if session.form == "json":
        from dataclasses import asdict

        from suantu.cli.output import write_json

        write_json({"examples": number, "failures": [asdict(failure) for failure in failures]})
    else:
        for failure in failures:
            click.echo("\t".join(visible(part) for part in (failure.file, failure.rule, failure.reason)))
        session.note(session.say("examples_run", n=number, failed=len(failures)))
    if failures:
        click.get_current_context().exit(1)


@command.command("try")
@click.argument("text", nargs=-1, metavar="TEXT")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), help="Write the marked text as a page.")
@_ontology
@common(formats=("table", "json"), remote=False)
def try_command(session: Session, text: tuple[str, ...], html: Path | None, ontology: Path | None) -> None:
    """Show what is recognised in TEXT (or, without it, in standard input), and which rules make which facts of it.

    \b
    Examples:
      suantu rules try "NVIDIA's H100 delivers 989 TFLOPS."
      suantu rules try --html page.html < paragraph.txt
    """
    from suantu.cli._reading import pipeline
    from suantu.workbench import read_text

    words = " ".join(text) or sys.stdin.read()
    if not words.strip():
        raise click.UsageError("give a text")
    found = read_text(pipeline(ontology), words)
    if html:
        _write_html(html, words, found)
    if session.form == "json":
        from dataclasses import asdict

        from suantu.cli.output import write_json

        write_json([asdict(sentence) for sentence in found])
        return
    for sentence in found:
        _print(session, sentence)


def _print(session: Session, sentence: Sentence) -> None:
    from suantu.table import visible

    lines = [sentence.text] if sentence.text else []
    for kind, title in _KINDS.items():
        parts = [part for part in sentence.parts if part.kind == kind]
        lines += [f"  {session.say(title)}"] if parts else []
        lines += [f"    {'  '.join(filter(None, (part.words, part.label, part.says)))}" for part in parts]
    lines += [f"  {session.say('facts')}"] if sentence.facts else []
    for fact in sentence.facts:
        lines += [f"    {fact.says}", f"      {session.say('rule')}: {fact.rule} ({fact.confidence})  {fact.words}"]
    lines += [f"  {session.say('sum_loose')}"] if sentence.loose else []
    lines += [f"    {words}  {reason}" for words, reason in sentence.loose]
    for line in lines:
        click.echo(visible(line))


def _write_html(path: Path, text: str, found: list[Sentence]) -> None:
    from suantu.errors import InputError, UsageError

    try:
        from suantu.spacy_pipe import html
    except ImportError as error:
        raise UsageError("--html needs spaCy: pip install 'suantu[spacy]'") from error
    marks = [
        (part.start, part.end, part.label) for s in found for part in s.parts if part.kind not in {"mood", "sayer"}
    ]
    try:
        path.write_text(html(text, marks), encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
