"""From a document's source text to blocks, each character knowing its source offset. See ``clean``."""

from __future__ import annotations

from suantu.stages.clean.build import clean

__all__ = ["clean"]
