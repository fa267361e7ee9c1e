"""What a text read so far talks about: one thread per document and language."""

from __future__ import annotations

from collections.abc import Collection

from suantu.records import Thing
from suantu.scene import Node, Scene, Topic

_PARTS = "；;"
_TOLD = 8  # sentences after which this institute is no longer who said something last


class Thread:
    """What the text read so far talks about; sections and paragraphs fade the older topics. ``host``: whom the whole
    document is of, if it is of a firm; ``home``: the place that it is about."""

    def __init__(self, host: Node | None = None, home: Thing | None = None) -> None:
        self.now = 0
        self.begun = 0  # where the paragraph begins
        self.parted = -1  # where the last part of the last sentence begins
        self.topics: list[Topic] = []
        self.headed: dict[str, Topic] = {}
        self.named: list[Node] = []
        self.introduced: list[Node] = []
        self.host, self.home = host, home
        self._sayer: tuple[int, Node] | None = None

    @property
    def speaker(self) -> Node | None:
        """Who said something last, if it was not long ago."""
        told = self._sayer is not None and self.now - self._sayer[0] <= _TOLD
        return self._sayer[1] if self._sayer is not None and told else None

    def begin_block(self) -> None:
        """Start a paragraph: what was talked about before fades."""
        self.now += 2
        self.begun = self.now
        self.named, self.introduced = [], []

    def end_sentence(self, scene: Scene, heads: Collection[str] = ()) -> None:
        """Take over what the sentence talked about, and what it called by one of the ``heads`` (the server market)."""
        for topic in scene.topics:
            for head in heads if topic.time == self.now else ():
                named = scene.block.text[topic.node.start : topic.node.end + len(head) + 1].casefold()
                if named.endswith(f" {head}") or scene.surface(topic.position, topic.position + 1).endswith(f" {head}"):
                    self.headed[head] = topic
        said = (scene.nodes.get(at) for at, _, _ in scene.sayers)
        self._sayer = next(((self.now, n) for n in said if n is not None and not n.pronoun), self._sayer)
        self.now += 1
        self.parted = max(map(scene.text.rfind, _PARTS))
        self.topics = scene.topics[-40:]
        self.named = [n for _, n in sorted(scene.nodes.items()) if n.mentions and not n.pronoun]
        self.introduced += self.named
