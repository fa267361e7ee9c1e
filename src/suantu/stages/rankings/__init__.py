"""Rankings: who stands at which place of what, in prose, lists and labels. The rules are data (rankings.*.yaml)."""

from suantu.stages.rankings.match import RankingRule
from suantu.stages.rankings.reader import Rankings, compile_ranking
from suantu.stages.rankings.thread import RankThread, merge

__all__ = ["RankThread", "RankingRule", "Rankings", "compile_ranking", "merge"]
