"""``suantu why``: the words that a fact rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from suantu.border.vocab import RDF
from suantu.cli.common import Session, common
from suantu.cli.completing import things

if TYPE_CHECKING:
    from suantu.stores.base import Term
    from suantu.why import Quote, Reason

_ORDER = {RDF + "subject": 0, RDF + "predicate": 1, RDF + "object": 2}
_MARKS = ("⟦", "⟧")


@click.command("why")
@click.argument("fact", nargs=-1, required=True, metavar="FACT", shell_complete=things)
@common(formats=("table", "json"))
def command(session: Session, fact: tuple[str, ...]) -> None:
    """Why a fact is in the graph: the words in their paragraph, the rule that read them, and how sure it is.

    FACT is the number that `show`, `facts` and `rank` give (its first digits are enough), or two things: then
    everything that is asserted between them.

    \b
    Examples:
      suantu why 444f8dcf33
      suantu why NVIDIA A100
    """
    from suantu.why import why

    kb = None if session.url else session.kb
    reasons = [why(session.endpoint, one, kb) for one in _facts(session, fact)]
    labels = session.labels(_iris(reasons))
    if session.form == "json":
        from suantu.cli.output import write_json

        write_json([_record(reason, labels) for reason in reasons])
        return
    for number, reason in enumerate(reasons):
        if number:
            click.echo()
        _print(session, reason, labels)


def _facts(session: Session, given: tuple[str, ...]) -> list[str]:
    from suantu.errors import UsageError
    from suantu.lookup import relations
    from suantu.why import find_fact

    if len(given) == 1:
        return [find_fact(session.endpoint, given[0], None if session.url else session.kb)]
    if len(given) > 2:
        raise click.UsageError("give one fact, or two things")
    a, b = (session.thing(name) for name in given)
    found = [r.fact for r in relations(session.endpoint, a, other=b) if r.fact]
    if not found:
        raise UsageError(f"no document relates {given[0]!r} and {given[1]!r}; 'suantu path' looks for longer ways")
    return found


def _iris(reasons: list[Reason]) -> set[str]:
    terms = {t.value for reason in reasons for _, t in reason.says if t.kind == "iri"}
    return terms | {p for reason in reasons for p, _ in reason.says}


def _value(term: Term, labels: dict[str, str]) -> str:
    return labels.get(term.value, term.value) if term.kind == "iri" else term.value


def _record(reason: Reason, labels: dict[str, str]) -> dict[str, Any]:
    says = [{"property": p, "value": t.value, "label": _value(t, labels)} for p, t in reason.says]
    return {**reason._asdict(), "says": says, "quotes": [quote._asdict() for quote in reason.quotes]}


def _print(session: Session, reason: Reason, labels: dict[str, str]) -> None:
    from suantu.query import readable
    from suantu.table import visible

    click.echo(visible(readable(reason.fact)))
    for name, term in sorted(reason.says, key=lambda pair: _ORDER.get(pair[0], 9)):
        said = session.say(name.removeprefix(RDF)) if name in _ORDER else labels.get(name, name)
        click.echo(visible(f"  {said}: {_value(term, labels)}"))
    click.echo(visible(f"  {session.say('rule')}: {', '.join(reason.rules)}"))
    if reason.confidence:
        click.echo(visible(f"  {session.say('confidence')}: {reason.confidence}"))
    if not reason.quotes:
        click.echo(f"  {session.say('no_source')}")
    for quote in reason.quotes:
        _print_quote(session, quote)


def _print_quote(session: Session, quote: Quote) -> None:
    from suantu.table import visible
    from suantu.why import marked

    page = session.say("page_short", page=quote.page) if quote.page else ""
    click.echo()
    click.echo(visible("  " + " · ".join(part for part in (quote.title, quote.section, page) if part)))
    for line in marked(quote, _MARKS):
        text = visible(line)
        if session.terminal:
            text = text.replace(_MARKS[0], "\x1b[1;7m").replace(_MARKS[1], "\x1b[0m")
        click.echo(f"    {text}")
