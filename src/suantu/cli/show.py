"""``suantu show``: everything about one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from suantu.cli.common import Session, common
from suantu.cli.completing import things

if TYPE_CHECKING:
    from suantu.lookup import Card, Figure, Source

# Facts of one kind, as subject and as object: for people no more than they read, at the speed of a lookup
_MOST = {"table": 50, "json": 500}
_SHOWN = 12  # things named of a relation that only the ontology states


@click.command("show")
@click.argument("thing", shell_complete=things)
@click.option(
    "--all", "everything", is_flag=True, help="Leave nothing out of long lists (else 50 facts of a kind, 500 in JSON)."
)
@common(formats=("table", "json"))
def command(session: Session, thing: str, everything: bool) -> None:
    """Everything about one thing, each fact with its source and the number that `suantu why` takes.

    THING is a name in any case, an alias, Class:name, a CURIE or an IRI.

    \b
    Examples:
      suantu show NVIDIA
      suantu show sti:A100 --format json
    """
    from suantu.lookup import show, sources

    most = _MOST[session.form]
    card = show(session.endpoint, session.thing(thing), limit=0 if everything else most)
    facts = [r.fact for r in card.relations] + [f.fact for f in card.figures] + [r.fact for r in card.ranks]
    found = sources(session.endpoint, facts)
    view = _View(session, card, found, everything)
    if session.form == "json":
        from suantu.cli.output import write_json

        write_json(view.record())
    else:
        view.print()
    if not everything and max(len(card.relations), len(card.figures), len(card.ranks)) >= most:
        session.note(session.say("show_more", n=most))


class _View:
    """A card with its labels and sources, ready to be written."""

    def __init__(self, session: Session, card: Card, sources: dict[str, Source], everything: bool) -> None:
        self.session, self.card, self.sources, self.everything = session, card, sources, everything
        iris = {card.iri, *card.classes, *(i for r in card.relations for i in (r.subject, r.predicate, r.object))}
        iris |= {i for f in card.figures for i in (f.metric, f.place, f.within, f.status, f.said_by)}
        self.labels = session.labels(iris | {r.place for r in card.ranks})

    def label(self, iri: str) -> str:
        return self.labels.get(iri, "")

    def record(self) -> dict[str, Any]:
        """The card for JSON."""
        card = self.card
        return {
            "iri": card.iri,
            "label": self.label(card.iri),
            "names": [{"name": t.value, "language": t.language} for t in card.names],
            "classes": card.classes,
            "sameAs": card.same_as,
            "mentions": card.mentions,
            "relations": [self._fact(r._asdict(), r.fact) for r in card.relations],
            "figures": [self._fact(f._asdict(), f.fact) for f in card.figures],
            "ranks": [self._fact(r._asdict(), r.fact) for r in card.ranks],
        }

    def _fact(self, record: dict[str, Any], fact: str) -> dict[str, Any]:
        source = self.sources.get(fact)
        named = {f"{k}Label": self.labels[v] for k, v in record.items() if v in self.labels and k != "fact"}
        return {k: v for k, v in {**record, **named}.items() if v} | ({"source": source._asdict()} if source else {})

    def print(self) -> None:
        """The card for people."""
        card, say = self.card, self.session.say
        from suantu.query import readable
        from suantu.table import visible

        title = f"{self.label(card.iri)}  {readable(card.iri)}"
        click.echo(click.style(visible(title), bold=True) if self.session.terminal else visible(title))
        others = [t.value for t in card.names if t.value != self.label(card.iri)]
        mentions = say("mentions_n", n=card.mentions) if card.mentions else ""
        lines = {
            "classes": ", ".join(map(self.label, card.classes)),
            "names": ", ".join(dict.fromkeys(others)),
            "same_as": ", ".join(map(readable, card.same_as)),
            "mentions": mentions,
        }
        for key, text in lines.items():
            if text:
                click.echo(visible(f"{say(key)}: {text}"))
        self._section("relations", ["relation", "thing", "source", "fact"], self._relations())
        self._section(
            "figures",
            ["metric", "period", "value", "place", "within", "status", "said_by", "source", "fact"],
            self._figures(),
        )
        self._section("ranks", ["ranking", "period", "rank", "tier", "source", "fact"], self._ranks())

    def _section(self, title: str, header: list[str], rows: list[list[str]]) -> None:
        if not rows:
            return
        from suantu.cli.output import write_tabbed, write_table

        kept = [i for i in range(len(header)) if any(row[i] for row in rows)]
        head = [self.session.say(header[i]) for i in kept]
        body = [[row[i] for i in kept] for row in rows]
        click.echo()
        click.echo(f"{self.session.say(title)} ({len(rows)})")
        if self.session.terminal:
            write_table(head, body, "  ")
        else:
            write_tabbed(head, body)

    def _source(self, fact: str) -> str:
        from suantu.cli.output import source_text

        return source_text(self.session, self.sources.get(fact))

    def _relations(self) -> list[list[str]]:
        """Claims one by one; what only the ontology or the inference says, one line a relation."""
        from suantu.cli.output import fact_number

        stated: list[list[str]] = []
        known: dict[tuple[str, str], list[str]] = {}
        for r in self.card.relations:
            outward = r.subject == self.card.iri
            arrow = f"{self.label(r.predicate)} →" if outward else f"← {self.label(r.predicate)}"
            other = self.label(r.object if outward else r.subject)
            if r.fact:
                stated.append([arrow, other, self._source(r.fact), fact_number(r.fact)])
            else:
                known.setdefault((arrow, self.session.say(f"origin_{r.origin}")), []).append(other)
        stated.sort(key=lambda cells: cells[0].startswith("←"))
        return stated + [[arrow, self._some(things), origin, ""] for (arrow, origin), things in known.items()]

    def _some(self, things: list[str]) -> str:
        if self.everything or len(things) <= _SHOWN:
            return ", ".join(things)
        return f"{', '.join(things[:_SHOWN])} {self.session.say('and_more', n=len(things) - _SHOWN)}"

    def _figures(self) -> list[list[str]]:
        from suantu.cli.output import amount, fact_number

        def row(f: Figure) -> list[str]:
            cells = [self.label(f.metric), f.period, amount(f), self.label(f.place), self.label(f.within)]
            return [*cells, self.label(f.status), self.label(f.said_by), self._source(f.fact), fact_number(f.fact)]

        return [row(f) for f in self.card.figures]

    def _ranks(self) -> list[list[str]]:
        from suantu.cli.output import fact_number

        return [
            [r.ranking, r.period, r.rank, r.tier, self._source(r.fact), fact_number(r.fact)] for r in self.card.ranks
        ]
