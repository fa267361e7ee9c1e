"""Which facts one chart shows: those of one unit, one kind of period and, for shares, one whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from suantu.border.vocab import ST
from suantu.errors import UsageError
from suantu.export.words import scales
from suantu.lookup import Figure, Rank, Source, figures, ranks, sources
from suantu.names import labels
from suantu.plot.model import CERTAIN, Chart, Point, Series, grain, moment
from suantu.query import one_of
from suantu.stores.base import Endpoint, Term

_MARKS = {"~": "≈", ">": ">", ">=": "≥", "<": "<", "<=": "≤"}
_ALIKE = 0.5  # share of common items from which two rankings are the same one in other years
LIMITS = {"lines": 8, "bars": 20, "bump": 12}


@dataclass(frozen=True, slots=True)
class Asked:
    """What to show, in IRIs. ``kind`` is a kind of chart, or empty: lines where something has several periods, else
    bars. ``limit`` 0 is the usual number of lines or bars."""

    metric: str = ""
    about: tuple[str, ...] = ()
    place: str = ""
    within: str = ""
    year: str = ""
    ranking: str = ""
    kind: str = ""
    limit: int = 0


def chart(endpoint: Endpoint, asked: Asked, language: str = "zh") -> Chart:
    """The chart of a metric (``asked.metric``) or of ranks (without). UsageError where no fact fits."""
    return _measured(endpoint, asked, language) if asked.metric else _ranked(endpoint, asked, language)


# ---- figures ---------------------------------------------------------------------------------------------------------


def _measured(endpoint: Endpoint, asked: Asked, language: str) -> Chart:
    found = figures(endpoint, about=asked.about, metric=asked.metric, place=asked.place, year=asked.year)
    found = [f for f in found if not asked.within or f.within == asked.within]
    kind = asked.kind or ("bars" if asked.year or not _has_history(found) else "lines")
    kept = _comparable(found, kind)
    if not kept:
        raise UsageError("no figure fits; 'suantu facts --metric …' lists what there is")
    names = labels(
        endpoint, {x for f in kept for x in (f.about, f.place, f.within, f.said_by, f.metric) if x}, language
    )
    groups: dict[tuple[str, str, str], list[Figure]] = defaultdict(list)
    for f in kept:
        groups[f.about, f.place, f.within].append(f)
    quoted = sources(endpoint, [f.fact for f in kept])
    series, common = _series(groups, names, _editions(endpoint, quoted))
    series = _best(series, kind, asked)
    shown = {fact for s in series for fact in s.facts}
    unit, scale = _unit(endpoint, kept[0].unit, series, language)
    parts = [names[asked.metric], *(names[x] for x in common), _span(series) if kind == "bars" else ""]
    title = " · ".join(part for part in parts if part)
    under = _under(
        [quoted[x] for x in shown if x in quoted], [names[f.said_by] for f in kept if f.said_by and f.fact in shown]
    )
    return Chart(kind, title, tuple(series), language, unit, scale, under, len(found) - len(shown))


def _has_history(found: Iterable[Figure]) -> bool:
    periods: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for f in found:
        if grain(f.period) != "other":
            periods[f.about, f.place, f.within, f.unit, grain(f.period)].add(f.period)
    return any(len(p) > 1 for p in periods.values())


def _comparable(found: Sequence[Figure], kind: str) -> list[Figure]:
    """The largest part that one scale and one axis can show. For bars the period and the whole are the same too."""
    if kind == "lines":
        dated = [f for f in found if grain(f.period) != "other"]
        return _most(dated, lambda f: (f.unit, grain(f.period)))
    return _most(_most(found, lambda f: f.unit), lambda f: (f.period, f.within))


def _most(found: Sequence[Figure], key: Callable[[Figure], object]) -> list[Figure]:
    """The figures of the most frequent key, the latest of equals."""
    count = Counter(key(f) for f in found)
    best = max(count, key=lambda k: (count[k], str(k)), default=None)
    return [f for f in found if key(f) == best]


def _series(
    groups: Mapping[tuple[str, str, str], Sequence[Figure]], names: Mapping[str, str], editions: Mapping[str, str]
) -> tuple[list[Series], list[str]]:
    """A series a group, named by what tells the groups apart; and what they have in common, for the title."""
    ends = list(zip(*groups, strict=True))
    same = [len(set(part)) == 1 for part in ends]
    if len(groups) > 1:
        same[0] = False
    common = [part[0] for part, alike in zip(ends, same, strict=True) if alike and part[0]]
    made = []
    for key, members in groups.items():
        own = [names[x] for x, alike in zip(key, same, strict=True) if x and not alike] or [names[key[0]]]
        label = own[0] + (f" ({', '.join(own[1:])})" if own[1:] else "")
        points = {(f.period, f.value, f.status): f for f in reversed(members)}
        ordered = [_point(f, editions.get(f.fact, "")) for f in points.values()]
        ordered.sort(key=lambda p: (p.period, CERTAIN.index(p.status), p.value))
        made.append(Series(label, tuple(ordered), tuple(f.fact for f in members)))
    return made, common


def _editions(endpoint: Endpoint, quoted: Mapping[str, Source]) -> dict[str, str]:
    """The year in which the document of each fact was issued, else the document."""
    block = one_of("d", sorted({source.document for source in quoted.values()}))
    rows = endpoint.select(f"SELECT DISTINCT ?d ?when WHERE {{ {block} ?d dcterms:issued ?when }} ORDER BY ?d ?when")
    issued = {row["d"].value: row["when"].value[:4] for row in rows}
    return {fact: issued.get(source.document, source.document) for fact, source in quoted.items()}


def _point(f: Figure, edition: str) -> Point:
    status = f.status.removeprefix(ST)
    mark = _MARKS.get(f.bound, "")
    return Point(f.period, float(f.value), status if status in CERTAIN else CERTAIN[0], mark, edition)


def _best(series: Sequence[Series], kind: str, asked: Asked) -> list[Series]:
    """The longest lines, or the highest bars; of equals the larger. Single points are lines only if asked for."""

    def weight(s: Series) -> tuple[float, float]:
        top = max(p.value for p in s.points)
        return (len({p.period for p in s.points}), top) if kind == "lines" else (top, 0.0)

    ordered = sorted(series, key=lambda s: (*(-w for w in weight(s)), s.label))
    if kind == "lines" and not asked.about:
        ordered = [s for s in ordered if weight(s)[0] > 1] or ordered
    return ordered[: asked.limit or LIMITS[kind]]


def _unit(endpoint: Endpoint, notation: str, series: Sequence[Series], language: str) -> tuple[str, float]:
    """What stands at the axis, and what values are divided by."""
    if notation in {"percent", ""}:
        return "%" if notation else "", 1.0
    largest = max(abs(p.value) for s in series for p in s.points)
    scale, name = next((s for s in scales(language) if largest >= s[0]), (1.0, ""))
    if language != "zh" or not (name or notation.islower()):  # GB is a symbol, count an English word
        return name + notation, scale
    query = (
        f"SELECT ?u WHERE {{ ?u skos:notation {Term('literal', notation).sparql()} ; a st:Unit }} ORDER BY ?u LIMIT 1"
    )
    units = [row["u"].value for row in endpoint.select(query)]
    return name + (labels(endpoint, units, language)[units[0]] if units else notation), scale


def _span(series: Sequence[Series]) -> str:
    periods = sorted({p.period for s in series for p in s.points} - {""})
    return periods[0] if len(periods) == 1 else ""


# ---- ranks -----------------------------------------------------------------------------------------------------------


def _ranked(endpoint: Endpoint, asked: Asked, language: str) -> Chart:
    found = [r for r in ranks(endpoint, ranking=asked.ranking, year=asked.year) if grain(r.period) != "other"]
    found = [r for r in found if not asked.place or r.place == asked.place]
    lists: dict[tuple[str, str], list[Rank]] = defaultdict(list)
    for r in found:
        lists[r.ranking, r.period].append(r)
    if not lists:
        raise UsageError("no ranking fits; 'suantu rank' lists what there is")
    chosen = _same_ranking(lists, named=bool(asked.ranking))
    names = labels(endpoint, {r.item for r in chosen}, language)
    by_item: dict[str, list[Rank]] = defaultdict(list)
    for r in chosen:
        if not asked.about or r.item in asked.about:
            by_item[r.item].append(r)
    if not by_item:
        raise UsageError("no rank of these things; 'suantu rank' lists what there is")
    series = [
        Series(names[x], tuple(Point(r.period, float(r.rank)) for r in rows), tuple(r.fact for r in rows))
        for x, rows in by_item.items()
    ]
    series.sort(key=lambda s: (min(p.value for p in s.points), -len(s.points), s.label))
    series = series[: asked.limit or LIMITS["bump"]]
    shown = {fact for s in series for fact in s.facts}
    title = " · ".join(dict.fromkeys(r.ranking for r in chosen))
    return Chart(
        "bump",
        title,
        tuple(series),
        language,
        sources=_under(sources(endpoint, shown).values(), []),
        left_out=len(found) - len(shown),
    )


def _same_ranking(lists: Mapping[tuple[str, str], Sequence[Rank]], *, named: bool) -> list[Rank]:
    """The longest list and, of every other period, the longest that ranks much the same things (any, if ``named``)."""
    ordered = sorted(lists, key=lambda key: (-len(lists[key]), key))
    first = {r.item for r in lists[ordered[0]]}
    periods: dict[str, Sequence[Rank]] = {ordered[0][1]: lists[ordered[0]]}
    for name, period in ordered[1:]:
        items = {r.item for r in lists[name, period]}
        if period not in periods and (named or len(items & first) >= _ALIKE * min(len(items), len(first)) > 1):
            periods[period] = lists[name, period]
    rows = [r for period in sorted(periods, key=moment) for r in periods[period]]
    return list({(r.item, r.period): r for r in reversed(rows)}.values())[::-1]


def _under(quoted: Iterable[Source], said: Iterable[str]) -> tuple[str, ...]:
    """Who says so, then the documents' titles."""
    return (*dict.fromkeys(said), *sorted({source.title or source.document for source in quoted}))
