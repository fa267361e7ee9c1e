"""``suantu review``: what was discovered, to accept into the lexicon or to reject."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from suantu.cli._reading import lexicon_option
from suantu.cli.common import Session, common

if TYPE_CHECKING:
    from suantu.lookup import Source
    from suantu.review import Found

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True, allow_dash=False)


@click.command("review")
@click.option("--list", "only_list", is_flag=True, help="List on a terminal too; ask nothing.")
@click.option("--accept-file", type=_FILE, metavar="FILE", help="Accept what FILE lists.")
@click.option("--reject-file", type=_FILE, metavar="FILE", help="Reject what FILE lists.")
@click.option("--limit", type=click.IntRange(1), default=None, metavar="N", help="At most N things.")
@lexicon_option
@common()
def command(
    session: Session,
    only_list: bool,
    accept_file: Path | None,
    reject_file: Path | None,
    limit: int | None,
    lexicon: Path | None,
) -> None:
    """What was discovered: names that are in no lexicon, with class, evidence and how sure, those named most often first.

    On a terminal it asks for each whether to accept it, reject it, change its class, or skip it. What is accepted is
    written to a lexicon of your own, what is rejected is noted beside it; the next build knows the one and does not
    discover the other, and review shows neither again.

    FILE has one name or IRI a line; in the file of --accept-file a tab and a class may follow.

    \b
    Examples:
      suantu review
      suantu review --format json | jq -r '.[] | select(.confidence > 0.8) | .iri' > sure.txt
      suantu review --accept-file sure.txt --reject-file wrong.txt
      suantu build reports/
    """
    from suantu.review import found

    if lexicon is None and session.url:
        raise click.UsageError("give --lexicon DIR with --endpoint")
    folder = lexicon or session.lexicon
    things = found(session.endpoint, folder)
    if accept_file or reject_file:
        _from_files(session, things, folder, accept_file, reject_file)
    elif session.terminal and sys.stdin.isatty() and session.form == "table" and not only_list:
        _ask(session, things[:limit], folder)
    else:
        _list(session, things[:limit])


def _list(session: Session, things: list[Found]) -> None:
    from suantu.query import readable
    from suantu.review import quotes

    said = quotes(session.endpoint, things, 1)
    rows, records = [], []
    for thing in things:
        source = said[thing.iri][0]
        number = [str(thing.confidence), str(thing.passages), str(thing.documents)]
        rows.append([thing.name, thing.cls, *number, thing.rule, source.words, source.title, readable(thing.iri)])
        records.append(
            {
                "iri": thing.iri,
                "name": thing.name,
                "class": thing.cls,
                "confidence": float(thing.confidence),
                "passages": thing.passages,
                "documents": thing.documents,
                "rule": thing.rule,
                "source": source._asdict(),
            }
        )
    columns = ("name", "class", "review_sure", "passages", "review_documents", "rule", "review_evidence", "source")
    session.rows([session.say(name) for name in (*columns, "thing")], rows, records)


def _from_files(
    session: Session, things: list[Found], folder: Path, accept_file: Path | None, reject_file: Path | None
) -> None:
    from suantu.review import accept, reject

    accepted = _read(session, things, accept_file) if accept_file else []
    rejected = _read(session, things, reject_file) if reject_file else []
    if both := {t.name for t in accepted} & {t.name for t in rejected}:
        raise click.UsageError(f"both accepted and rejected: {', '.join(sorted(both))}")
    accept(folder, accepted)
    reject(folder, rejected)
    session.note(session.say("review_done", accepted=len(accepted), rejected=len(rejected), folder=folder))


def _read(session: Session, things: list[Found], path: Path) -> list[Found]:
    """The things that a file lists, all checked before anything is written."""
    from suantu.errors import UsageError
    from suantu.ontology import listed
    from suantu.review import chosen, with_class

    out: dict[str, Found] = {}
    for line in listed(path):
        name, _, cls = (part.strip() for part in line.partition("\t"))
        try:
            thing = chosen(things, name)
            out[thing.iri] = with_class(session.endpoint, thing, session.cls(cls)) if cls else thing
        except UsageError as error:
            raise UsageError(f"{path}: {error}") from error
    return list(out.values())


def _ask(session: Session, things: list[Found], folder: Path) -> None:
    from suantu.review import accept, quotes, reject

    counts = {"a": 0, "r": 0}
    if not things:
        session.note(session.say("nothing"))
        return
    for number, thing in enumerate(things, 1):
        _show(session, thing, quotes(session.endpoint, [thing])[thing.iri], f"{number}/{len(things)}")
        answer, thing = _answer(session, thing)
        if answer == "q":
            break
        if answer in counts:
            counts[answer] += 1
            (accept if answer == "a" else reject)(folder, [thing])  # at once: an interrupted review loses nothing
    session.note(session.say("review_done", accepted=counts["a"], rejected=counts["r"], folder=folder))


def _answer(session: Session, thing: Found) -> tuple[str, Found]:
    """What to do with the thing, and the thing, whose class may have been changed."""
    from suantu.errors import UsageError
    from suantu.review import with_class

    while True:
        answer = click.prompt(session.say("review_ask"), type=click.Choice(list("arcsq")), show_choices=False, err=True)
        if answer != "c":
            return answer, thing
        try:
            cls = click.prompt(session.say("review_class"), err=True)
            thing = with_class(session.endpoint, thing, session.cls(cls))
            click.echo(f"{thing.name}  {thing.cls}")
        except UsageError as error:
            click.echo(str(error), err=True)


def _show(session: Session, thing: Found, said: list[Source], place: str) -> None:
    from suantu.cli.output import source_text
    from suantu.table import visible

    name = click.style(visible(thing.name), bold=True)
    passages = session.say("mentions_n", n=thing.passages)
    click.echo(f"\n{place}  {name}  {thing.cls}  {thing.confidence} ({thing.rule})  {passages}")
    for source in said:
        click.echo(visible(f"    {source.words}  [{source_text(session, source)}]"))
