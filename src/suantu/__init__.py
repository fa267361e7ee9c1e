"""Suantu (算图): from report text to a knowledge graph that people can question.

``kb = suantu.open("kb")`` opens a knowledge base (or, given a URL, a SPARQL endpoint); see ``suantu.api``.
"""

from __future__ import annotations

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # The command line starts here: what costs time to import waits until it is asked for.
    if name == "open":
        from suantu.api import open_graph

        return open_graph
    raise AttributeError(f"module 'suantu' has no attribute {name!r}")
