"""What the checks report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from suantu.query import one_of
from suantu.stores.base import Endpoint

ERROR, WARNING, NOTE = "error", "warning", "note"
_MANY = 400


class Finding(NamedTuple):
    """One thing that a check found: the node (IRI), what is wrong with it, and the words and the document that the
    node rests on, where there are any."""

    check: str
    level: str
    node: str
    message: str
    document: str = ""
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """The outcome of one check. ``counted`` says how many ``what`` (a word) were looked at; a skipped check has a
    reason in ``skipped`` and found nothing."""

    name: str
    what: str = ""
    counted: int = 0
    findings: tuple[Finding, ...] = field(default=())
    skipped: str = ""

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(f.level == ERROR for f in self.findings)


def quoted(endpoint: Endpoint, findings: list[Finding]) -> tuple[Finding, ...]:
    """The findings, each with the words and the document that its node (a fact, a thing or a passage) rests on."""
    wanted = sorted({f.node for f in findings if not f.quote and ":" in f.node and " " not in f.node})
    found: dict[str, tuple[str, str]] = {}
    for start in range(0, len(wanted), _MANY):
        query = (
            f"SELECT ?x ?words ?d WHERE {{ {one_of('x', wanted[start : start + _MANY])} {{ ?x prov:wasDerivedFrom ?p }}"
            " UNION { ?x st:mentionedIn ?p } UNION { ?x a st:Passage BIND(?x AS ?p) }"
            " ?p oa:exact ?words OPTIONAL { ?p dcterms:isPartOf ?d } } ORDER BY ?x ?d ?p"
        )
        for row in endpoint.select(query):
            document = row["d"].value if "d" in row else ""
            found.setdefault(row["x"].value, (document, row["words"].value))
    return tuple(
        f._replace(document=f.document or found[f.node][0], quote=found[f.node][1]) if f.node in found else f
        for f in findings
    )
