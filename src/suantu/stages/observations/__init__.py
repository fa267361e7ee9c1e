"""Places figures: which metric, of what, where, when, how certain, who says so."""

from __future__ import annotations

from suantu.stages.observations.facts import merge
from suantu.stages.observations.frames import Frame, Metrics, compile_frame, plain_words
from suantu.stages.observations.observer import Observer

__all__ = ["Frame", "Metrics", "Observer", "compile_frame", "merge", "plain_words"]
