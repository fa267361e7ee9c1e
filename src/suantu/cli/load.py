"""``suantu load``: put a knowledge base into a remote store."""

from __future__ import annotations

import click

from suantu.cli.common import Session, common, timeout_option


@click.command("load")
@click.argument("url")
@click.option(
    "--protocol",
    type=click.Choice(["store", "update"]),
    default=None,
    help="The Graph Store Protocol, or SPARQL Update.  [default: the one that URL answers]",
)
@click.option(
    "--default-graph/--named-only",
    default=True,
    show_default=True,
    help="Also all triples, each once, into the default graph, which is what queries see.",
)
@click.option("--again", is_flag=True, help="Begin anew, also where an earlier load was interrupted.")
@timeout_option(300, "For each request.")
@common(formats=("table", "json"), remote=False)
def command(session: Session, url: str, protocol: str | None, default_graph: bool, again: bool, timeout: float) -> None:
    """Put the knowledge base into a remote store, graph by graph. A load that was interrupted goes on where it stopped.

    URL is the store's address for the Graph Store Protocol or for SPARQL Update. Each graph replaces what the store
    held under its name; other graphs stay. Name and password come from SUANTU_ENDPOINT_USER and
    SUANTU_ENDPOINT_PASSWORD. On a server whose default graph is the union of all (Virtuoso), a triple that two
    documents state counts twice in a query without DISTINCT.

    \b
    Examples:
      suantu load http://localhost:7878/store
      suantu load http://localhost:8890/sparql-graph-crud-auth --named-only
    """
    import gc

    gc.enable()
    from suantu.cli._reading import progress
    from suantu.load import load
    from suantu.stores.transfer import target

    total = len(session.kb.documents) + 3
    where = target(url, timeout, protocol or "")
    with progress(session, total) as tell:
        done = load(session.kb, url, where, default_graph=default_graph, again=again, progress=tell)
    if session.form == "json":
        from dataclasses import asdict

        from suantu.cli.output import write_json

        write_json(asdict(done))
        return
    if done.skipped:
        session.note(session.say("load_resumed", n=done.skipped))
    if default_graph and not done.default_graph:
        session.note(session.say("load_no_default"))
    session.note(session.say("loaded", graphs=done.graphs, triples=f"{done.triples:,}"))
