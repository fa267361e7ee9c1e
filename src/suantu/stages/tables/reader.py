"""Reads a table: which column names the subjects, what each figure is, which text columns are relations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

from suantu.expressions import compiled
from suantu.identity import discovered
from suantu.ontology import Ontology
from suantu.records import Block, Claim, Evidence, Loose, Observation, Quantity, RankingEntry, Thing, in_months
from suantu.stages.tables.heads import Head, Heads, MetricLike, measured_noun
from suantu.stages.tables.layout import Table, TableFacts, cell_text, ranked_when, says_columns, with_unit

_DEVICES = frozenset({"Chip", "Product", "Server", "Interconnect", "AIModel"})
_WHOLE = 100  # percent
_INTEGER = compiled(r"(?:No\.?\s*)?\D?(\d{1,3})\D?")
_YEAR = compiled(r"\d{4}")
_LONGEST_NAME = 40


class Tables:
    """Reads the tables of documents by the settings of ``tables.yaml``."""

    def __init__(self, settings: Mapping[str, Any], heads: Heads, ontology: Ontology) -> None:
        self._heads, self._ontology = heads, ontology
        self._relations: list[tuple[frozenset[str], Mapping[str, Any]]] = [
            (frozenset(str(w).casefold() for w in r["words"]), r) for r in settings["relations"]
        ]
        flags = re.IGNORECASE
        self._year = compiled(settings["year"])
        self._rank = compiled(settings["rank"])
        self._ranking = compiled(settings["ranking"])
        self._unnamed = compiled(settings["unnamed"])
        self._shares = heads.cues(str(settings["ranked-by"]))
        self._ignored, self._rest = compiled(settings["ignored"], flags), compiled(settings["rest"], flags)
        self._within = frozenset(settings["within"])
        self._of_places = {str(k): str(v) for k, v in settings["of-places"].items()}
        self._by_kind = {str(k): heads.cues(str(v)) for k, v in settings["by-kind"].items()}
        self._latest = frozenset(settings["latest"])
        self._dates = compiled(settings["dates"], flags)
        self._total, self._lists = compiled(settings["total"], flags), compiled(settings["lists"])
        self._units = {str(k): str(v) for k, v in settings["default-units"].items()}
        self._prefer = tuple(map(str, settings["prefer"]))
        self._generic = tuple(map(str, settings["generic"]))

    def read(
        self, rows: Sequence[Block], title: str, place: Thing | None, issued: str, names: Mapping[str, Thing]
    ) -> TableFacts:
        """The facts of the rows of one table. ``title`` is the document's, ``place`` the one that it is about,
        ``names`` what the document itself names (by casefolded name)."""
        facts = TableFacts()
        table = self._table(rows, title, place, issued)
        table.names = names
        for row in table.rows:
            self._row(table, row, facts)
        return facts

    def _table(self, rows: Sequence[Block], title: str, place: Thing | None, issued: str) -> Table:
        header = next((r.header for r in rows if r.header is not None), None)
        body = [r for r in rows if r is not header]
        heads = [self._heads.read(header.text[a:b]) for a, b in header.cells] if header else []
        titles = with_unit([self._heads.read(s) for s in (*reversed(rows[0].sections), title) if s])
        width = max((len(r.cells) for r in body), default=0)
        table = Table(list(body), header, heads, titles, max(0, width - len(heads)) if heads else 0, issued=issued)
        table.place = next((t for h in titles for t in h.things if self._is(t, "Place")), place)
        table.numbered = self._numbered(table, width)
        table.subject = self._subject_column(table, width)
        return table

    def _is(self, thing: Thing, *classes: str) -> bool:
        return bool(self._ontology.closure(thing.classes).intersection(classes))

    def _subject_column(self, table: Table, width: int) -> int:
        """The column of the subjects: the devices where figures are of devices, else the first that holds words."""
        texts = [c for c in range(width) if self._is_text(table, c)]
        devices = any(m.device for h in table.heads for cue in h.cues for m in cue.metrics)
        if devices:
            for column in texts:
                if table.head(column).item_class in _DEVICES and not table.head(column).cues:
                    return column
        return texts[0] if texts else -1

    def _is_text(self, table: Table, column: int) -> bool:
        if self._ranks(table, column) or self._ignored.match(table.head(column).text):
            return False
        cells = [t for r in table.rows if (t := cell_text(r, column)) and not self._heads.blank.match(t)]
        if cells and all(_YEAR.match(t) and self._heads.read(t).period for t in cells):
            return column == 0
        figures = sum(self._heads.is_number(t) and not self._known(t) for t in cells)
        return bool(cells) and figures * 2 <= len(cells)

    def _ranks(self, table: Table, column: int) -> bool:
        head = table.head(column)
        return column == table.numbered or bool(self._rank.match(head.text) or self._rank.match(head.name))

    def _numbered(self, table: Table, width: int) -> int:
        """The column that counts the rows where the title says that they are ranked, and no head says otherwise."""
        if not table.titles or not self._ranking.search(table.titles[0].text):
            return -1
        for column in range(min(width, 2)):
            head = table.head(column).text
            found = [_INTEGER.fullmatch(cell_text(r, column)) for r in table.rows]
            ranks = [int(match[1]) for match in found if match]
            rising = len(ranks) == len(found) > 1 and all(b - a == 1 for a, b in pairwise(ranks))
            if rising and (not head or self._ignored.match(head)):
                return column
        return -1

    def _known(self, text: str) -> bool:
        return any(a == 0 and b == len(text) for a, b, _ in self._heads.names(text))

    # -- a row -------------------------------------------------------------------------------------------------------

    def _row(self, table: Table, row: Block, facts: TableFacts) -> None:
        text = cell_text(row, table.subject) if table.subject >= 0 else ""
        if not text and table.subject >= 0 and table.above is not None:
            subject, head = table.above
        else:
            subject, head = self._row_head(table, row, text, facts)
        table.above = (subject, head)
        for column in range(len(row.cells)):
            cell = cell_text(row, column)
            if column == table.subject or self._heads.blank.match(cell):
                continue
            if self._ranks(table, column):
                self._ranked(table, row, column, subject, facts)
            elif self._passed(table.head(column).text):
                continue
            elif self._heads.is_number(cell) and not self._known(cell):
                self._figure(table, row, column, (subject, head), facts)
            elif subject is not None:
                self._relate(table, row, column, subject, facts)

    def _passed(self, head: str) -> bool:
        """Whether a column says nothing that is kept (remarks, dates)."""
        return bool(self._ignored.match(head) or self._dates.match(head))

    def _row_head(self, table: Table, row: Block, text: str, facts: TableFacts) -> tuple[Thing | None, Head]:
        """Who a row is about; or what its head says of a metric or time."""
        head = self._heads.read(text)
        if not text or self._total.match(text):
            return None, Head(text)
        if self._rest.match(text):
            return self._new(text, ""), Head(text)
        cls = "" if says_columns(table, self._is) else table.head(table.subject).item_class
        if (thing := self._full(text, cls, table)) is None:
            says = head.cues or (head.period and not head.rest)
            if says and not cls:
                named = [t for t in head.things if not self._is(t, "Place")]
                return (named[0] if len(named) == 1 and head.cues else None), head
            if cls or not says:
                thing = self._new(text, cls)
        if thing is not None:
            self._note(thing, row, table.subject, facts)
        plain = Head(text, period=head.period if head.period and not head.rest else "")
        return thing, head if thing is not None and head.unit else plain

    def _full(self, text: str, cls: str, table: Table) -> Thing | None:
        """The known thing that a cell names with all its words (of several, one of the class)."""
        bare = re.sub(r"[（(][^（）()]*[)）]$", "", text).strip()
        best: list[Thing] = []
        for start, end, found in self._heads.names(bare):
            rest = bare[end:].strip()
            if (start == 0 and (not rest or rest in self._generic)) or (end == len(bare) and self._maker(bare[:start])):
                best += found
        fit = [t for t in best if cls and cls in self._ontology.closure(t.classes)]
        near = [
            t
            for t in best
            if not cls
            or set(self._ontology.parents.get(cls, ())) - {"Entity", "Concept"} & self._ontology.closure(t.classes)
        ]
        return next(iter([*fit, *near]), table.names.get(bare.casefold()))

    def _maker(self, before: str) -> bool:
        """Whether only a maker stands before a name (NVIDIA A100)."""
        words = before.strip()
        return any(
            a == 0 and b == len(words) and self._is(t[0], "Organization") for a, b, t in self._heads.names(words)
        )

    def _new(self, text: str, cls: str) -> Thing | None:
        name = re.sub(r"[（(][^（）()]*[)）]$", "", text).strip(' “”《》"')
        if not name or len(name) > _LONGEST_NAME or not any(c.isalpha() for c in name):
            return None
        return discovered(name, cls or "Subject", self._ontology.parents, "table", Decimal("0.8" if cls else "0.6"))

    def _note(self, thing: Thing, row: Block, column: int, facts: TableFacts) -> None:
        facts.things.append((thing, Evidence(row.spans(*row.cells[column]), self._section(row))))

    @staticmethod
    def _section(row: Block) -> str:
        return row.sections[-1] if row.sections else ""

    def _evidence(self, table: Table, row: Block, column: int) -> Evidence:
        """The cell first; then its column's head and its row's."""
        spans = [*row.spans(*row.cells[column]), *table.head_span(column)]
        if 0 <= table.subject < len(row.cells) and row.cells[table.subject][1] > row.cells[table.subject][0]:
            spans.append(row.span(*row.cells[table.subject]))
        return Evidence(tuple(dict.fromkeys(spans)), self._section(row))

    def _lose(self, row: Block, column: int, facts: TableFacts, reason: str) -> None:
        start, end = row.cells[column]
        facts.loose.append(Loose(row.text[start:end], row.span(start, end), row.span(0, len(row.text)), reason))

    # -- figures -----------------------------------------------------------------------------------------------------

    def _figure(
        self, table: Table, row: Block, column: int, about: tuple[Thing | None, Head], facts: TableFacts
    ) -> None:
        subject, row_head = about
        column_head, corner = table.head(column), table.head(table.subject) if table.subject >= 0 else Head("")
        sources = [column_head, row_head, corner, *table.titles]
        cell = cell_text(row, column)
        understood = subject is None or not column_head.rest or column_head.period or column_head.things
        found = self._measured(cell, sources[: 4 if understood else 3], ranked=table.numbered >= 0)
        if found is None:
            if not self._year.match(cell):
                self._lose(row, column, facts, "no head says what this figure measures")
            return
        quantity, metric = found
        thing, place, within = self._about(table, subject, column_head, row_head, metric)
        if thing is None:
            self._lose(row, column, facts, "the table does not say what this figure is about")
            return
        noun = measured_noun(sources, metric, metric.name in self._of_places)
        if (sited := self._is(thing, "Place")) and noun:
            thing, place = self._new(noun, "") or thing, thing
        if self._total.match(cell_text(row, table.subject)) and quantity.kind == "percent" and quantity.value == _WHOLE:
            return
        latest = self._latest_year(table, column) if metric.name in self._latest else ""
        period = latest or self._period(sources[:3] if metric.device and not sited else sources)
        value = quantity.value * metric.sign if metric.sign < 0 < quantity.value else quantity.value
        somewhere = sited or any(self._is(t, "Place") for t in column_head.things)
        owned = not somewhere or self._is(thing, "Organization", *_DEVICES)  # else it is the place's
        facts.observations.append(
            Observation(
                metric.name if owned else self._of_places.get(metric.name, metric.name),
                thing,
                value,
                cell,
                quantity.unit,
                self._evidence(table, row, column),
                "table.cell",
                place=place if metric.placed or sited else None,
                within=within,
                period=in_months(period),
                status=self._status(sources[:3], period, table.issued),
                bound=quantity.bound,
                lower=quantity.lower,
                upper=quantity.upper,
                confidence=min(Decimal("0.85"), thing.confidence),
            )
        )

    @staticmethod
    def _latest_year(table: Table, column: int) -> str:
        """A growth beside the figures of some years is that of the last of them."""
        if table.head(column).period:
            return ""
        return max(
            (h.period for h in map(table.head, range(column)) if _YEAR.match(h.period) and "/" not in h.period),
            default="",
        )

    @staticmethod
    def _period(sources: Sequence[Head]) -> str:
        """The nearest time; the years of a report's title (2021-2022) are an edition, not a time."""
        near, far = sources[:4], sources[4:]
        return next((h.period for h in near if h.period), "") or next(
            (h.period for h in far if h.period and "/" not in h.period), ""
        )

    def _measured(self, cell: str, sources: Sequence[Head], *, ranked: bool) -> tuple[Quantity, MetricLike] | None:
        """The figure and its metric: the nearest head that has a metric which takes it."""
        for head in sources:
            if not head.cues:
                continue
            near = [h.unit for h in sources[:3] if h.unit]
            units = [*near, *(h.unit for h in sources[3:] if h.unit and not near)]
            defaults = [self._units[m.name] for cue in head.cues for m in cue.metrics if m.name in self._units]
            quantity = self._heads.figure(cell, [*units, *defaults])
            metric = head.metric(quantity.kind) if quantity else None
            if quantity is not None and metric is not None:
                return quantity, metric
            break
        units = [h.unit for h in sources[:3] if h.unit]
        quantity = self._heads.figure(cell, units)
        cues = self._by_kind.get(quantity.kind, ()) if quantity else ()
        if ranked and not sources[0].text and (not cues or (quantity and quantity.kind == "percent")):
            cues = self._shares
        metric = next((m for cue in cues if quantity and (m := cue.metric(quantity.kind))), None)
        return (quantity, metric) if quantity and metric else None

    def _about(
        self, table: Table, subject: Thing | None, column: Head, row: Head, metric: MetricLike
    ) -> tuple[Thing | None, Thing | None, Thing | None]:
        """What a figure is about, where, and of which whole."""
        place = next((t for h in (column, row) for t in h.things if self._is(t, "Place")), table.place)
        across = next((t for t in column.things if not self._is(t, "Place")), None)
        market = self._title_thing(table)
        if subject is not None and metric.name == "count" and self._is(subject, "Place") and len(column.rest) > 1:
            return self._new(column.rest, ""), subject, market  # what each place has so many of
        if subject is not None and across is not None and across.iri != subject.iri and not column.cues:
            if not self._is(subject, "Place"):
                return None, None, None
            return across, subject, market
        thing = subject or across
        if thing is None and column.things and not column.cues:
            of_places = self._is(column.things[0], "Place") and len(row.rest) > 1
            thing = self._new(row.rest, "") if of_places else column.things[0]
        if thing is None and column.rest and not (column.period or column.cues or table.subject < 0):
            thing = self._new(column.rest, "")
        own = thing
        thing = thing or market or self._phrase(table)
        if thing is not None and self._is(thing, "Place"):
            place = None
        shares = own is not None and metric.name in self._within and market is not None and market.iri != own.iri
        return thing, place, market if shares else None

    def _title_thing(self, table: Table) -> Thing | None:
        for head in table.titles[:2]:
            things = [t for t in head.things if not self._is(t, "Place")]
            if found := next((t for cls in self._prefer[:5] for t in things if self._is(t, cls)), None):
                return found
        return None

    def _phrase(self, table: Table) -> Thing | None:
        """The words of the table's title that name no metric, unit or time; a place where they name nothing else."""
        for head in table.titles[:2]:
            words = head.rest
            for thing in head.things:
                if self._is(thing, "Place"):
                    for label in (label for labels in thing.labels.values() for label in labels):
                        words = words.removeprefix(label)
            words = words.strip(" -—–:：·,，")
            if 1 < len(words) <= _LONGEST_NAME and any(c.isalpha() for c in words):
                return self._new(words, "")
            if head.things:
                return head.things[0]
        return table.place

    @staticmethod
    def _status(sources: Sequence[Head], period: str, issued: str) -> str:
        if stated := next((h.status for h in sources if h.status), ""):
            return stated
        years = re.findall(r"\d{4}", period)
        return "Forecast" if years and issued[:4].isdigit() and int(years[-1]) > int(issued[:4]) else "Actual"

    # -- ranks and relations -----------------------------------------------------------------------------------------

    def _ranked(self, table: Table, row: Block, column: int, subject: Thing | None, facts: TableFacts) -> None:
        if subject is None or (match := _INTEGER.fullmatch(cell_text(row, column))) is None:
            return
        head = table.head(column)
        others = [h for h in table.titles if h.text]
        name = (others[0].name or others[0].text) if others else head.text
        period = head.period or ranked_when(table, others, self._rank)
        place = None if table.place is None or table.place.classes == subject.classes else table.place
        facts.rankings.append(
            RankingEntry(
                name if not others or self._unnamed.sub("", name) else "",
                int(match[1]),
                subject,
                self._evidence(table, row, column),
                "table.rank",
                period,
                place,
                confidence=min(Decimal("0.85"), subject.confidence),
            )
        )

    def _relate(self, table: Table, row: Block, column: int, subject: Thing, facts: TableFacts) -> None:
        """The claims of a text cell, where its column's head is a relation that fits the subject."""
        words = table.head(column).text.strip().casefold()
        closure = self._ontology.closure(subject.classes)
        rule = next((r for known, r in self._relations if words in known and closure.intersection(r["when"])), None)
        if rule is None:
            return
        prop = self._ontology.properties[str(rule["property"])]
        for part in self._lists.split(cell_text(row, column)):
            words = part.strip()
            if not words or self._heads.blank.match(words):
                continue
            thing = self._full(words, str(rule["class"]), table) or self._new(words, str(rule["class"]))
            if thing is None or thing.iri == subject.iri:
                continue
            first, second = (thing, subject) if rule.get("inverse") else (subject, thing)
            if self._fits(first, prop.domain) and self._fits(second, prop.range):
                self._note(thing, row, column, facts)
                evidence = self._evidence(table, row, column)
                confidence = min(Decimal("0.85"), thing.confidence, subject.confidence)
                facts.claims.append(Claim(first, prop.name, second, evidence, "table.relation", confidence))

    def _fits(self, thing: Thing, wanted: Sequence[str]) -> bool:
        return not wanted or self._is(thing, *wanted)
