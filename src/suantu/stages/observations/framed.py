"""Places a figure by the frames of the rule file: a pattern left and right of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from suantu.expressions import compiled
from suantu.phrases import Phrase
from suantu.records import Observation, Thing
from suantu.scene import Node, Scene
from suantu.stages.observations.frames import Frame, Metric
from suantu.stages.observations.placing import (
    Figure,
    Found,
    Hit,
    Placing,
    Subject,
    clause_start,
    group_of,
    headed,
    last_cue,
)
from suantu.stages.observations.turning import Turning

_NAME = compiled("[\ue000-\uefff]")
_IT = compiled(r" ?(?:it|they) (?:[a-z]+ )*$")
_LINKS = frozenset({"bandwidth", "linkCount"})
_STATED = frozenset({"group", "carry", "section", "words", "average", "granted", "noun", "those", "other"})


class Framed(Turning):
    """The ways to place a figure by a frame."""

    def _framed(self, frame: Frame, figure: Figure) -> Placing | None:
        scene, position, before, quantity = figure.scene, figure.position, figure.before, figure.quantities[0]
        if (frame.counter and not quantity.counter) or (frame.words and frame.words not in quantity.text):
            return None
        if (frame.counters and quantity.counter not in frame.counters) or (frame.after and frame.after not in before):
            return None
        low = max(0, position - (70 if self._language == "zh" else 110))
        window = scene.text[low:position]
        if frame.has and frame.has not in window:
            return None
        left = frame.left.regex.search(window) if frame.left else None
        right = (
            frame.right.regex.match(scene.text[position + 1 : position + (60 if self._language == "zh" else 90)])
            if frame.right
            else None
        )
        if (frame.left and not left) or (frame.right and not right):
            return None
        metric = self._frame_metric(frame, figure)
        if metric is None:
            return None
        sized = before.get("money")
        shares = before.get("percent")
        in_market = bool(sized and sized[1].metric.name == "marketSize") or bool(
            shares and shares[1].metric.name == "marketShare"
        )
        if frame.about == "carry" and (shipped := before.get("count")) and shipped[1].metric.name == "shipments":
            in_market = True
        hit = Hit(left, low, right, position, in_market)
        subject = self._frame_subject(frame, figure, hit)
        return self._frame_placing(frame, scene, hit, metric, subject, before) if subject else None

    def _frame_metric(self, frame: Frame, figure: Figure) -> Metric | None:
        scene, position, kind, cues = figure.scene, figure.position, figure.kind, figure.cues
        if frame.metric == "named":
            cue = last_cue(cues, position, kind)
            return cue.metric(kind) if cue and not re.search("[。；]", scene.text[cue.end : position]) else None
        told = self._told_size(frame, scene, kind) if frame.last and self._language == "en" else None
        if frame.metric != "carry":
            return told or self._metrics.by_name[frame.metric]
        if kind == "number" and "count" in figure.before:
            kind = "count"
        if kind in figure.before:
            metric = figure.before[kind][1].metric
            return metric if not metric.rate else None
        if frame.market:
            return self._metrics.by_name.get(frame.market) if figure.last is None else None
        cue = last_cue(cues, position, kind)
        return cue.metric(kind) if cue else None

    def _told_size(self, frame: Frame, scene: Scene, kind: str) -> Metric | None:
        """What the sentence before told and this one goes on with: spending, where a size would be meant."""
        told = [f.metric for f in scene.told if kind in self._metrics.by_name[f.metric].kinds]
        return self._metrics.by_name[told[-1]] if told and told[-1] in frame.goes_on else None

    def _frame_subject(self, frame: Frame, figure: Figure, hit: Hit) -> Subject | None:
        """Whose figure it is, as the frame says: a slot, the phrase left or right, a topic, or as before."""
        scene, last = figure.scene, figure.last
        if frame.about in _STATED:
            return self._stated_subject(frame, scene, hit, last)
        phrase = self._frame_phrase(frame, figure, hit)
        found = self._phrase_subject(frame, scene, hit, phrase)
        if self._language == "en" and frame.topic == ("Organization",) and self._is_device(found.about):
            found = replace(found, about=None)  # its cards and intends to invest
        if found.about is None and found.place is None and frame.about == "left" and self._language == "en":
            found = replace(found, about=self._it(scene, hit))
        if found.about is None and found.place is None:
            found = self._carried_subject(frame, figure, hit, found)
        if found.about is None and found.place is None and frame.about == "left":
            found = self._rated_of(frame, figure, hit, found)
        if found.about is None and found.place is not None and phrase and frame.metric == "investment":
            found = self._doer(frame, scene, hit, phrase, found)
        if found.about is None and found.place is None and frame.topic and not (phrase and phrase.words):
            found = self._topic_subject(frame, scene, hit, found)
        if self._language == "en" and found.about is None and found.place is not None:
            found = self._of_place(frame, scene, found, last)
        about = self._seller(frame, scene, hit, self._worded(frame, scene, hit, phrase, found))
        if about is not None and frame.metric in _LINKS and frame.about == "slot" and self._language == "en":
            about = self._of_device(scene, hit.position, about, frame.metric == "linkCount")
        about = about or found.place
        return Subject(about, found.place, found.group, found.begin, found.stop) if about else None

    def _stated_subject(self, frame: Frame, scene: Scene, hit: Hit, last: tuple[int, Placing] | None) -> Subject | None:
        """The subjects that need no phrase beside the figure."""
        if frame.about == "group":
            return self._together(frame, scene, hit)
        if frame.about == "granted":
            return Subject.of(self._grant(scene, hit.position, frame.topic, frame.metric == "share"), hit)
        if frame.about == "noun":
            return Subject.of(self._phrases.subject(frame.noun), hit)
        if frame.about == "section":
            return Subject.of(self._section_subject(scene), hit)
        if frame.about == "words" and hit.left is not None:
            start, end = hit.low + hit.left.start("a"), hit.low + hit.left.end("a")
            named = scene.nodes[start].mentions if end == start + 1 and start in scene.nodes else ()
            about = named[0].thing if len(named) == 1 else self._phrases.subject(scene.surface(start, end))
            return Subject.of(about, hit)
        if frame.about == "those":
            those = self._those(scene, hit.position, last)
            return Subject.of(those.about, hit, those.place) if those else None
        if frame.about == "other":
            return Subject.of(self._other_device(scene, last), hit)
        if last is None:
            told = self._told_carried(frame, scene) if frame.about == "carry" else None
            return Subject.of(told.about, hit, told.place) if told else None
        if frame.about == "average" and hit.right is not None:
            behind = hit.position + 1
            spot = self._phrases.read(scene, behind + hit.right.start("a"), behind + hit.right.end("a"))
            return Subject.of(last[1].about, hit, spot.place)
        return Subject.of(last[1].about, hit, last[1].place)

    def _told_carried(self, frame: Frame, scene: Scene) -> Observation | None:
        """The figure of the sentence before that another goes on from: in Chinese only another proportion."""
        if self._language == "en":
            return scene.told[-1] if scene.told else None
        alike = scene.told if frame.metric == "share" else ()
        return next((f for f in reversed(alike) if f.metric in ("share", "adoptionRate")), None)

    def _it(self, scene: Scene, hit: Hit) -> Thing | None:
        """What a pronoun for no name stands for: the subject of the clause before (inference …: it takes …)."""
        start = clause_start(scene.text, hit.begin)
        return self._first_phrase(scene, 0, start).about if start and _IT.match(scene.text, start, hit.begin) else None

    def _phrase_subject(self, frame: Frame, scene: Scene, hit: Hit, phrase: Phrase | None) -> Found:
        """What the phrase beside the figure names: a thing, a place, or a list as long as the figures."""
        if phrase is None:
            return Found(None, None, (), hit.begin, hit.stop)
        count = len(scene.nodes[hit.position].quantities)
        group = () if frame.about == "right" and headed(scene, phrase) else group_of(phrase)
        each = len(phrase.places) > 1 and self._each.search(scene.text, phrase.end, hit.position) is not None
        as_many = len(phrase.places) == count > 1 or (each and self._language != "en")
        group = group or (phrase.places if as_many and not phrase.about else ())
        if not group and count > 1 and (slot := self._slot_span(hit)) is not None:
            group = self._phrases.members(scene, slot[1], slot[0], count)
        if not group and count > 1:
            group = self._members(scene, hit.begin, clause_start(scene.text, hit.begin), count)
        about = phrase.about or (group[0] if group else None)
        if frame.metric in {"count", "share"} and not group:
            about = self._counted_head(scene, phrase) or about
        return Found(about, phrase.place, group, min(hit.begin, phrase.start), max(hit.stop, phrase.end))

    def _carried_subject(self, frame: Frame, figure: Figure, hit: Hit, found: Found) -> Found:
        """The subject of the clause before, or of the last figure of the kind where nothing was named since."""
        scene, last = figure.scene, figure.last
        start = clause_start(scene.text, hit.begin)
        metric = self._metrics.by_name.get(frame.metric, last[1].metric) if last else None
        near = last is not None and (self._follows(scene, last[0], start) or self._bracketed(scene, last[0], hit.begin))
        if last is not None and metric and frame.about in {"left", "slot"} and near:
            carried = self._carried(last, metric)
            return replace(found, about=carried[1].about, place=carried[1].place) if carried else found
        same = figure.before.get(figure.kind)
        if same is None or frame.about != "left":
            return found
        if any(n.mentions for at, n in scene.nodes.items() if same[0] < at < hit.begin):
            return found
        return replace(found, about=same[1].about, place=same[1].place)

    def _of_place(self, frame: Frame, scene: Scene, found: Found, last: tuple[int, Placing] | None) -> Found:
        """A place has what the text goes on about (Japan's fell by …); a share is its own."""
        if frame.metric in self._joint_metrics or frame.market or frame.metric == "compute":
            return found
        if last is not None and not self._is_place(last[1].about):
            return replace(found, about=last[1].about)
        told = next((f.about for f in reversed(scene.told) if not self._is_place(f.about)), None)
        return replace(found, about=told)

    def _topic_subject(self, frame: Frame, scene: Scene, hit: Hit, found: Found) -> Found:
        """What the text goes on about."""
        at = found.begin
        if frame.about == "topic":
            at = hit.position if self._language == "en" else found.begin + 1
        topic = scene.topic(at, frame.topic, frame.age)
        if topic is None and frame.about == "topic" and self._language == "en":
            topic = self._ahead(scene, hit.position, frame.topic)
        if topic is None or (len(topic.mentions) > 1 and frame.about == "counted"):
            return found
        return replace(found, about=topic.thing, group=topic.things if len(topic.mentions) > 1 else ())

    def _worded(self, frame: Frame, scene: Scene, hit: Hit, phrase: Phrase | None, found: Found) -> Thing | None:
        """The subject by the words of the phrase: what is counted, or a noun that names nothing by itself."""
        if frame.about == "counted" and scene.nodes[hit.position].quantities[0].counter and self._language == "en":
            return self._owned(scene, hit, self._counted_noun(scene, hit.position))
        words = phrase.words if phrase is not None else ""
        if frame.about == "counted" and words:
            return self._owned(scene, hit, words.split(self._of)[0] if words.startswith(self._countable) else words)
        plain = frame.about in {"slot", "right"} or frame.metric == "count"
        counter = scene.nodes[hit.position].quantities[0].counter
        if found.about is None and not found.group and not words and frame.metric == "shipments" and counter:
            firm = self._actor(scene, hit.begin, ("Organization",)) if self._language != "en" else None
            known = scene.measured.get(frame.metric) or firm
            return known or (self._phrases.subject(counter) if len(counter) > 1 else None)
        if found.about is None and not found.group and words and plain:
            return self._phrases.subject(words)
        return found.about

    def _ahead(self, scene: Scene, position: int, wanted: Sequence[str]) -> Node | None:
        """What the sentence names after an opening that speaks of it (Built on a 7 nm process, the chip …)."""
        chars = self._alphabet.matching("|".join(wanted).split("|"))
        return next((scene.nodes[at] for at in sorted(scene.nodes) if at > position and scene.text[at] in chars), None)

    def _frame_phrase(self, frame: Frame, figure: Figure, hit: Hit) -> Phrase | None:
        scene = figure.scene
        if frame.about == "slot":
            slot = self._slot_phrase(scene, hit.left, hit.low, hit.right, hit.position)
            if frame.metric != "shipments" or slot.about or slot.words or self._language == "en":
                return slot
            return self._phrases.left(scene, hit.begin, clause_start(scene.text, hit.begin))
        if frame.about in {"right", "counted"}:
            return self._phrases.right(scene, hit.position + 1)
        if frame.about == "left":
            return self._subject_phrase(scene, self._rated_end(figure, frame, hit), clause_start(scene.text, hit.begin))
        if frame.about == "named" and (cue := last_cue(figure.cues, hit.begin, figure.kind)):
            return self._phrases.left(scene, cue.start, clause_start(scene.text, cue.start))
        return None

    def _owned(self, scene: Scene, hit: Hit, noun: str) -> Thing:
        """What is counted, named with its owner where the clause says that it has so many (the chip's transistors)."""
        start = clause_start(scene.text, hit.position)
        verb = self._possess.search(scene.text, start, hit.position)
        owner = None
        named = (n for at, n in scene.nodes.items() if start <= at < hit.position and len(n.mentions) > 1)
        if noun in self._countable and any(self._of_class(n, ("Organization",)) for n in named):
            return self._phrases.subject(noun)  # the list is of those counted (NAME, NAME and others, 12 firms)
        if verb or not scene.text[start : hit.position].strip():
            for at in sorted(p for p in scene.nodes if start <= p < hit.position):
                node = scene.nodes[at]
                if len(node.mentions) == 1 and self._alphabet.classes(node.char) & self._owner_classes:
                    owner = node.thing
            if owner is None:
                topic = scene.topic(start, self._owners, age=0)
                owner = topic.thing if topic is not None and len(topic.mentions) == 1 else None
        return self._phrases.subject(self._possessive.format(self._called(owner), noun) if owner else noun)

    def _frame_placing(
        self,
        frame: Frame,
        scene: Scene,
        hit: Hit,
        metric: Metric,
        subject: Subject,
        before: Mapping[str, tuple[int, Placing]],
    ) -> Placing:
        about, place = subject.about, subject.place
        within = self._slot(scene, hit.left, hit.low, "w") or self._slot(scene, hit.right, hit.position + 1, "w")
        if frame.market and frame.metric != "carry" and not self._is_plain(scene, hit):
            money = before.get("money")  # what a firm spends is a share of what it earns itself
            own = money is not None and money[1].metric.own and money[1].about.iri == about.iri
            seller = self._is_seller(about) and not own
            sells = within is None and (seller or hit.in_market or self._of_market(scene, about, before))
            words = scene.text[hit.position + 1 : hit.position + 10] + (hit.left[0] if hit.left and seller else "")
            named = any(word in words for word in self._market_words[:2])
            if sells or named or self._in_market(scene, hit, within, seller):
                metric = self._metrics.by_name[frame.market]
        whole = within is not None and within.found_by != "phrase" and not self._is_place(within)
        if whole and within is not None and self._is_place(about) and self._language != "en":
            about, place = within, about
        return Placing(
            metric,
            about,
            frame.rule.name,
            subject.begin,
            subject.stop,
            Decimal("0.9"),
            place,
            within,
            self._slot(scene, hit.left, hit.low, "v") or self._slot(scene, hit.right, hit.position + 1, "v"),
            subject.group,
            frame.sign,
            bool(hit.left and hit.left.groupdict().get("near")),
            frame.aside,
            (),
            frame.bound,
            frame.status,
            frame.after,
            those=frame.about == "those",
        )

    def _slot_phrase(
        self, scene: Scene, match: re.Match[str] | None, low: int, right: re.Match[str] | None, position: int
    ) -> Phrase:
        if match is not None and "a" in match.re.groupindex and match.start("a") >= 0:
            return self._phrases.left(scene, low + match.end("a"), low + match.start("a"))
        if right is not None and right.start("a") >= 0:
            at, node = right.start("a"), scene.nodes.get(position + 1 + right.start("a"))
            if right.end("a") == at + 1 and node and node.quantities and (noun := node.quantities[0].counter):
                return Phrase(self._phrases.subject(noun), None, position, position)  # a third of the 420 hospitals
            return self._phrases.right(scene, position + 1 + right.start("a"), position + 1 + right.end("a"))
        return Phrase(None, None, position, position)

    def _slot(self, scene: Scene, match: re.Match[str] | None, low: int, name: str) -> Thing | None:
        if match is None or name not in match.re.groupindex or match.start(name) < 0:
            return None
        start, end = low + match.start(name), low + match.end(name)
        if end == start + 1 and (node := scene.nodes.get(start)) is not None and node.pronoun:
            return node.thing if self._language == "en" and "Market" in node.thing.classes else None
        phrase = self._phrases.read(scene, start, end)
        rest = _NAME.sub("", scene.text[start:end])
        if name == "v" and self._language == "zh" and len(rest) > 2 and self._is_firm(phrase.about):
            return self._phrases.subject(scene.surface(start, end))  # a firm's product that has no name
        return phrase.about or phrase.place

    def _is_market(self, scene: Scene, match: re.Match[str] | None, low: int, seller: bool) -> bool:
        if match is None or "w" not in match.re.groupindex:
            return False
        words = scene.surface(low + match.start("w"), low + match.end("w"))
        return any(w in words for w in (*self._market_words, *(self._seller_words if seller else ())))

    def _is_plain(self, scene: Scene, hit: Hit) -> bool:
        """Whether the whole of a share is no market, whatever was told before it (that spending, all units)."""
        for match, low in ((hit.left, hit.low), (hit.right, hit.position + 1)):
            if match is not None and "w" in match.re.groupindex and match.start("w") >= 0:
                words = scene.surface(low + match.start("w"), low + match.end("w")).split()
                earned = self._earned.match(scene.text, low + match.start("w"))  # a part of it is no part of a market
                return earned is not None or (bool(words) and words[-1] in self._plain_wholes)
        return False

    def _in_market(self, scene: Scene, hit: Hit, within: Thing | None, seller: bool) -> bool:
        """Whether the whole of a share is a market, by its words or its class."""
        market = within is not None and "Market" in within.classes and self._language == "en"
        sides = ((hit.left, hit.low), (hit.right, hit.position + 1))
        return market or any(self._is_market(scene, match, low, seller) for match, low in sides)

    def _together(self, frame: Frame, scene: Scene, hit: Hit) -> Subject | None:
        """A share that several have together: as many as a number says, else the clause's own list, or the nearest one,
        else all of the sentence; they are the subject, as one."""
        said = {start for start, _, _ in scene.sayers}
        clauses: dict[int, list[Thing]] = {}
        for at, node in sorted(scene.nodes.items()):
            fits = at < hit.position and at not in said and node.mentions
            if fits and self._alphabet.classes(node.char).intersection(frame.topic):
                clauses.setdefault(clause_start(scene.text, at), []).extend(node.things)
        start, many = clause_start(scene.text, hit.position), self._number(scene, hit)
        own = self._phrases.left(scene, hit.begin, start) if clauses and not many and start not in clauses else None
        if own is not None and own.about is not None and self._language != "en":
            return Subject.of(own.about, hit, own.place)  # 国产芯片‖合计占一成
        things = list({t.iri: t for listed in clauses.values() for t in listed}.values())
        if many and len(things) >= many:
            things = things[-many:]
        elif not many:
            things = next((listed for listed in reversed(list(clauses.values())) if len(listed) > 1), things)
        return Subject(self._joint(things, scene), None, (), hit.begin, hit.stop) if things else None

    @staticmethod
    def _number(scene: Scene, hit: Hit) -> int:
        """How many the clause says that they are (三家合计); 0 where it does not."""
        start = clause_start(scene.text, hit.position)
        told = (n.quantities[0] for at, n in sorted(scene.nodes.items()) if start <= at < hit.position and n.quantities)
        return next((int(q.value) for q in told if q.kind == "count" and 1 < q.value <= 10), 0)

    def _section_subject(self, scene: Scene) -> Thing | None:
        text = re.split(r"[，,；;：:]", scene.block.text[scene.start : scene.end])
        for part in text:
            words = part.strip()
            if 2 <= len(words) <= 40 and "=" not in words:
                last = text.index(part)
                source = text[last + 1].strip() if last == 0 and len(text) > 2 and len(text[1].strip()) > 4 else words
                return self._phrases.subject(source)
        return None
