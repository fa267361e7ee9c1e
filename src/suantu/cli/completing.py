"""What the shell offers after a Tab: classes, named questions and their parameters, things. Never an error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

_MOST = 50
Offer = Callable[["click.Context", str], Iterable[tuple[str, str]]]
Callback = Callable[["click.Context", "click.Parameter", str], "list[CompletionItem]"]


def _completing(offer: Offer) -> Callback:
    """A callback for click from a function that gives (value, help) pairs."""

    @wraps(offer)
    def complete(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        try:
            return [CompletionItem(value, help=text or None) for value, text in offer(ctx, incomplete)][:_MOST]
        except Exception:  # noqa: BLE001 - a message would land in the middle of what is being typed
            return []

    return complete


def _names(ctx: click.Context, incomplete: str) -> Iterable[tuple[str, str]]:
    from suantu.names import fold
    from suantu.search import Index, index, index_of, search

    wanted = fold(incomplete)
    if ctx.params.get("endpoint"):
        from suantu.stores.remote import RemoteEndpoint

        known: Index = index(RemoteEndpoint(ctx.params["endpoint"], patience=2), pinyin=False)
    else:
        from suantu.stores.kb import KnowledgeBase

        kb = KnowledgeBase.open(Path(ctx.params.get("kb") or "kb"))
        known = index_of(kb, kb.endpoint(), pinyin=False)
    if not wanted:
        return [(name.name, name.cls) for name in known][:_MOST]
    hits = search(known, incomplete, 400)
    # The shell takes only what goes on as it was begun, letter by letter
    return [(hit.name, hit.cls) for hit in hits if hit.name.startswith(incomplete)]


def _classes(ctx: click.Context, incomplete: str) -> Iterable[tuple[str, str]]:
    from suantu.border.vocab import ST
    from suantu.stores.kb import KnowledgeBase

    kb = KnowledgeBase.open(Path(ctx.params.get("kb") or "kb"))
    rows = kb.endpoint().select(
        "SELECT DISTINCT ?c WHERE { ?c a owl:Class FILTER(STRSTARTS(STR(?c), STR(st:))) } ORDER BY ?c"
    )
    local = (row["c"].value.removeprefix(ST) for row in rows)
    return [(name, "") for name in local if name.lower().startswith(incomplete.lower())]


def _questions(ctx: click.Context, incomplete: str) -> Iterable[tuple[str, str]]:
    from suantu.paths import ontology_dir
    from suantu.query import get, load

    directory = ctx.params.get("ontology") or ontology_dir()
    before = ctx.params.get("what") or ()
    if not before:
        return [(q.name, q.titles["en"]) for q in load(directory) if q.name.startswith(incomplete)]
    asked = get(directory, before[0])
    name, equals, value = incomplete.partition("=")
    if not equals:
        return [(f"{p.name}=", p.description) for p in asked.parameters if p.name.startswith(name)]
    kind = next((p.type for p in asked.parameters if p.name == name), "")
    offer = {"thing": _names, "class": _classes}.get(kind)
    return [(f"{name}={found}", text) for found, text in offer(ctx, value)] if offer else []


things = _completing(_names)
classes = _completing(_classes)
questions = _completing(_questions)
