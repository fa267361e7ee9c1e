"""Makes knowledge bases of this vocabulary at any size, always the same for the same size.

``python tests/benchmarks/graphs.py DIR TRIPLES`` writes one. Some things are named far more often than others, as in
life; ``hub`` adds one organization with that many relations.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

from suantu import __version__
from suantu.border.ontograph import ontology_graph
from suantu.border.vocab import DATA_SET, DCTERMS, GRAPH_ONTOLOGY, OA, PROV, QB, RDF, SKOS, ST, STI, STM, STU, XSD
from suantu.ontology import load
from suantu.paths import ontology_dir
from suantu.stores.draft import fresh
from suantu.stores.kb import DocumentEntry, Manifest

HUB = f"{STI}vendor/hub"
_CLASSES = {"Vendor": ("Organization",), "Chip": (), "City": ("Place",), "Market": (), "UseCase": (), "Industry": ()}
_RELATIONS = (
    ("Vendor", "makes", "Chip"),
    ("Vendor", "partnersWith", "Vendor"),
    ("Vendor", "locatedIn", "City"),
    ("Industry", "hasUseCase", "UseCase"),
    ("City", "hasUseCase", "UseCase"),
)
_METRICS = (("marketSize", "Market", "USD"), ("marketShare", "Vendor", "percent"), ("memory", "Chip", "GB"))
_WORDS = "智能计算中心平台系统芯片云网数据华星海天新创宏远信通科联盟城市市场份额增长预测"
_PER_DOCUMENT = 2000  # triples, about


class _Page:
    """The N-Quads of one document's graph, as they are made."""

    def __init__(self, number: int, things: int) -> None:
        self.random = random.Random(number)
        self.iri = f"{STI}document/{number:016x}"
        self.number, self.things, self.lines = number, things, list[str]()
        self._end = f" <{self.iri}> .\n"
        self._known: set[str] = set()
        issued = f'"{2018 + number % 8}-03-25"^^<{XSD}date>'
        self.add(self.iri, RDF + "type", f"<{ST}Document>")
        self.add(self.iri, DCTERMS + "title", f'"文档{number}"@zh')
        self.add(self.iri, DCTERMS + "issued", issued)

    def add(self, subject: str, predicate: str, *objects: str) -> None:
        self.lines += [f"<{subject}> <{predicate}> {o}{self._end}" for o in objects]

    def words(self, count: int) -> str:
        return "".join(self.random.choices(_WORDS, k=count))

    def thing(self, cls: str, iri: str = "") -> str:
        """A thing of a class: low numbers come often."""
        iri = iri or f"{STI}{cls.lower()}/{int(self.things ** self.random.random())}"
        if iri not in self._known:
            self._known.add(iri)
            for one in (cls, *_CLASSES[cls], "Entity"):
                self.add(iri, RDF + "type", f"<{ST}{one}>")
            number = iri.rpartition("/")[2]
            name, rank = f"{cls}-{number}", int(number) if number.isdigit() else 0
            self.add(iri, SKOS + "prefLabel", f'"{name}"@en', f'"{_WORDS[rank % 30]}{_WORDS[rank % 29]}{rank}"@zh')
            self.add(iri, ST + "mentionedIn", f"<{self.passage(name)}>")
        return iri

    def passage(self, words: str) -> str:
        start = len(self.lines) * 7
        iri = f"{STI}passage/{self.number:016x}/{start}-{start + len(words)}"
        self.add(iri, RDF + "type", *(f"<{c}>" for c in (ST + "Passage", OA + "TextQuoteSelector")))
        self.add(iri, OA + "exact", f'"{words}"')
        self.add(iri, OA + "prefix", f'"{self.words(8)}"')
        self.add(iri, OA + "suffix", f'"{self.words(8)}"')
        self.add(iri, OA + "start", f'"{start}"^^<{XSD}integer>')
        self.add(iri, OA + "end", f'"{start + len(words)}"^^<{XSD}integer>')
        self.add(iri, DCTERMS + "isPartOf", f"<{self.iri}>")
        return iri

    def fact(self, iri: str, cls: str, rule: str) -> None:
        self.add(iri, RDF + "type", f"<{ST}{cls}>")
        self.add(iri, ST + "foundBy", f'"{rule}"')
        self.add(iri, ST + "confidence", f'"0.9"^^<{XSD}decimal>')
        self.add(iri, PROV + "wasDerivedFrom", f"<{self.passage(self.words(20))}>")

    def claim(self, subject: str = "") -> None:
        from_, relation, to = _RELATIONS[0] if subject else self.random.choice(_RELATIONS)
        o = self.thing(to)
        maker = f"{STI}vendor/{int(o.rpartition('/')[2]) // 3}" if to == "Chip" else ""
        s = self.thing(from_, subject or maker)
        self.add(s, ST + relation, f"<{o}>")
        iri = f"{STI}claim/{self.number:012x}{len(self.lines):08x}"
        self.fact(iri, "Claim", f"{relation}.verb")
        for name, value in (("subject", s), ("predicate", ST + relation), ("object", o)):
            self.add(iri, RDF + name, f"<{value}>")

    def observation(self) -> None:
        metric, about, unit = self.random.choice(_METRICS)
        year, iri = self.random.randrange(2015, 2031), f"{STI}observation/{self.number:012x}{len(self.lines):08x}"
        self.fact(iri, "Observation", "figure.after-metric")
        status = "Forecast" if year > 2018 + self.number % 8 else "Actual"
        value = self.random.randrange(1, 100) * (10**8 if unit == "USD" else 1)
        said = {"metric": STM + metric, "about": self.thing(about), "place": self.thing("City"), "unit": STU + unit}
        for name, one in (said | {"status": ST + status}).items():
            self.add(iri, ST + name, f"<{one}>")
        self.add(iri, ST + "period", f'"{year}"')
        self.add(iri, ST + "year", f'"{year}"^^<{XSD}gYear>')
        self.add(iri, ST + "value", f'"{value}"^^<{XSD}decimal>')
        self.add(iri, ST + "valueText", f'"{value}{unit}"')
        self.add(iri, ST + "bound", '"="')
        self.add(iri, QB + "dataSet", f"<{DATA_SET}>")

    def ranking(self) -> None:
        year = 2018 + self.number % 8
        ranking = f"{STI}ranking/{self.number % 37}-{year}"
        self.add(ranking, RDF + "type", f"<{ST}Ranking>")
        self.add(ranking, f"{'http://www.w3.org/2000/01/rdf-schema#'}label", f'"榜单{self.number % 37}"@zh')
        self.add(ranking, ST + "period", f'"{year}"')
        self.add(ranking, ST + "year", f'"{year}"^^<{XSD}gYear>')
        for rank in range(1, 6):
            iri = f"{STI}ranking-entry/{self.number:012x}{rank:08x}"
            self.fact(iri, "RankingEntry", "rank.ordinal")
            self.add(iri, ST + "inRanking", f"<{ranking}>")
            self.add(iri, ST + "rank", f'"{rank}"^^<{XSD}integer>')
            self.add(iri, ST + "item", f"<{self.thing('City')}>")


def documents(triples: int, hub: int = 0) -> Iterator[_Page]:
    """The documents of a graph of about so many triples."""
    number = max(1, triples // _PER_DOCUMENT)
    things = max(20, triples // 500)
    for n in range(number):
        page = _Page(n, things)
        for _ in range(hub // number):
            page.claim(HUB)
        page.ranking()
        while len(page.lines) < _PER_DOCUMENT:
            page.claim()
            page.observation()
        yield page


def make(directory: Path, triples: int, hub: int = 0) -> None:
    """A knowledge base of about so many triples in ``directory``."""
    with fresh(directory) as draft:
        draft.put(ontology_graph(load(ontology_dir())).data, GRAPH_ONTOLOGY)
        entries = []
        for page in documents(triples, hub):
            draft.put("".join(page.lines).encode(), page.iri)
            sha256 = f"{page.number:016x}".ljust(64, "0")
            entries.append(DocumentEntry(sha256, f"{page.number}.txt", f"文档{page.number}"))
            draft.write_text(sha256, "")
        draft.store.optimize()
        draft.finish(Manifest(__version__, "", tuple(entries)))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0)
