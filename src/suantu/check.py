"""``suantu check``: whether everything in a graph is well formed, rests on its words, and adds up.

Errors are what must not be: a passage that its text does not hold, a violated shape, a broken constraint of the data
cube. Warnings and notes are for a person to look at. Over a remote endpoint the source texts cannot be seen: that part
is then skipped and says so.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from suantu.checks.arithmetic import check_arithmetic
from suantu.checks.capture import Capture, LooseFigure, captures, loose_figures
from suantu.checks.cube import check_cube
from suantu.checks.finding import Finding, Part
from suantu.checks.shapes import check_shapes
from suantu.checks.sources import NAME as SOURCES
from suantu.checks.sources import check_sources
from suantu.stores.base import Endpoint
from suantu.stores.kb import KnowledgeBase

PARTS = ("sources", "shapes", "cube", "figures", "arithmetic")


@dataclass(frozen=True, slots=True)
class Report:
    """What all checks found. ``captures`` and ``loose`` are empty where the figures were not asked for."""

    parts: tuple[Part, ...]
    captures: tuple[Capture, ...] = ()
    loose: tuple[LooseFigure, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings of all parts."""
        return tuple(f for part in self.parts for f in part.findings)

    @property
    def errors(self) -> int:
        """How many findings are errors: the check fails where there is one."""
        return sum(part.errors for part in self.parts)


def check(
    endpoint: Endpoint,
    kb: KnowledgeBase | None,
    ontology: Path,
    *,
    only: Collection[str] = PARTS,
    language: str = "en",
    jobs: int = 0,
) -> Report:
    """Check the graph behind ``endpoint``, with the source texts of ``kb`` where there is one, against the shapes in
    the folder ``ontology``. ``only`` names the parts wanted; ``jobs`` processes (0: the processors) do the work."""
    parts: list[Part] = []
    if "sources" in only:
        no_texts = "a remote endpoint has no source texts: check the knowledge base on disk (--kb)"
        parts.append(check_sources(endpoint, kb) if kb else Part(SOURCES, skipped=no_texts))
    if "shapes" in only:
        parts.append(check_shapes(endpoint, ontology, language, jobs))
    if "cube" in only:
        parts.append(check_cube(endpoint))
    loose = tuple(loose_figures(endpoint)) if "figures" in only else ()
    captured = tuple(captures(endpoint, list(loose))) if "figures" in only else ()
    if "arithmetic" in only:
        parts.append(check_arithmetic(endpoint, language))
    return Report(tuple(parts), captured, loose)
