"""Relations between things: pattern rules over encoded sentences, each match one or more claims."""

from suantu.stages.relations.reader import Relations
from suantu.stages.relations.rules import NamedRule, RelationRule, compile_frames, compile_rule, compile_skips
from suantu.stages.relations.told import merge

__all__ = ["NamedRule", "RelationRule", "Relations", "compile_frames", "compile_rule", "compile_skips", "merge"]
