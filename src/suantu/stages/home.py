"""What a whole document is about: where its figures are from when nothing nearer says, and whom 我们 means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from suantu.expressions import compiled
from suantu.ontology import Name
from suantu.records import Mention, Thing
from suantu.rules import Alphabet
from suantu.scene import Node

_TITLED = compiled("《[^《》]{4,60}》")


def home_of(
    title: str,
    publisher: str,
    texts: Sequence[str],
    named: Callable[[str], Iterable[Thing]],
    closure: Callable[[Iterable[str]], frozenset[str]],
) -> Thing | None:
    """The place that the title names, a country before a city; else the one that its publisher's name begins with (an
    office's); else the one country whose reports the text cites.

    ``named`` gives the things that a text names without doubt."""

    def places(text: str) -> list[tuple[bool, Thing]]:
        closed = [(closure(t.classes), t) for t in named(text)]
        return [("Country" in c, t) for c, t in closed if "Place" in c]

    if own := places(title):
        return next((t for country, t in own if country), own[0][1])
    for _, place in places(publisher):
        if publisher.startswith(place.label):
            return place
    cited = [t for text in texts for m in _TITLED.finditer(text) for country, t in places(m[0]) if country]
    return cited[0] if len({t.iri for t in cited}) == 1 else None


def host_of(
    title: str,
    named: Iterable[Iterable[tuple[object, Name]]],
    alphabet: Alphabet,
    closure: Callable[[Iterable[str]], frozenset[str]],
) -> Node | None:
    """The firm that the title opens with: whom 我们 and a bare 公司 mean."""
    heading = title.lstrip("“《「 ")
    firms = {n.text: n.thing for found in named for _, n in found if "Organization" in closure(n.thing.classes)}
    name = max((text for text in firms if heading.startswith(text)), key=len, default="")
    if not name:
        return None
    mention = Mention(0, len(name), firms[name])
    return Node(0, len(name), alphabet.name(closure(firms[name].classes)), (mention,))
