"""Suantu's recognition as a spaCy pipeline, for those who want a ``Doc`` with our names, times and figures.

``nlp(ontology)`` gives a ``Language`` with the tokenizer ``suantu.Tokenizer.v1`` and the components ``suantu_sentences``,
``suantu_names``, ``suantu_periods`` and ``suantu_quantities``. They call the very stage functions of the build and
write ``doc.spans["names"]``, ``["periods"]``, ``["quantities"]`` and ``["ordinals"]``: a span's label is the class or
kind, its ``kb_id_`` the thing's IRI or the value. The records themselves are in ``doc._.suantu_names`` and so on.

``suantu build`` does not go this way: importing spaCy costs 0.65 s, as much as reading several reports, and over the
text of a report the same stage functions with a Doc for each block took about three times as long as without (2 cores,
Python 3.11, spaCy 3.8), for tokens that no rule asks for.

Needs the extra ``spacy``: ``pip install 'suantu[spacy]'``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from spacy.attrs import SENT_START
from spacy.language import Language
from spacy.tokens import Doc, Span
from spacy.util import registry
from spacy.vocab import Vocab

from suantu.ontology import Ontology, load
from suantu.paths import ontology_dir
from suantu.pipeline import Pipeline
from suantu.stages.encode import sentences
from suantu.stages.fold import fold

_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_HAN}]|[^\W\d_{_HAN}]+|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
_STEPS = ("sentences", "names", "periods", "quantities")
_COLOURS = ("#a6e3a1", "#f9e2af", "#89b4fa", "#f5c2e7", "#94e2d5", "#fab387", "#cba6f7", "#eba0ac")


class Tokenizer:
    """One token for each Han character, each run of letters, each number, each other sign: letters and digits are
    always apart, so that ``A100`` and ``2020H1`` are cut alike alone and in text."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The text as a ``Doc`` whose ``text`` is the same to the character."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            token = match[0]
            if token[0] == " " and words and not spaces[-1]:
                spaces[-1] = True
                token = token[1:]
            if token:
                words.append(token)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)

    def pipe(self, texts: Iterable[str]) -> Iterable[Doc]:
        """The same for many texts."""
        return map(self, texts)

    # There is nothing to save: the rules are in the code.

    def to_bytes(self, **_: object) -> bytes:
        """Nothing."""
        return b""

    def from_bytes(self, _data: bytes, **_: object) -> Tokenizer:
        """The tokenizer itself."""
        return self

    def to_disk(self, _path: Path, **_: object) -> None:
        """Nothing."""

    def from_disk(self, _path: Path, **_: object) -> Tokenizer:
        """The tokenizer itself."""
        return self


@registry.tokenizers("suantu.Tokenizer.v1")  # type: ignore[untyped-decorator]
def _tokenizer() -> Callable[[Language], Tokenizer]:
    return lambda nlp: Tokenizer(nlp.vocab)


for _step in _STEPS[1:]:
    Doc.set_extension(f"suantu_{_step}", default=(), force=True)


@lru_cache(maxsize=2)
def _stages(directory: str) -> Pipeline:
    return Pipeline(load(Path(directory) if directory else ontology_dir()))


def _spans(doc: Doc, found: Iterable[tuple[int, int, str, str]]) -> list[Span]:
    """Spans for stretches of characters with a label and an id; one that cuts a token takes it whole."""
    made = (doc.char_span(a, b, label=label, kb_id=kb_id, alignment_mode="expand") for a, b, label, kb_id in found)
    return [span for span in made if span is not None]


@Language.factory("suantu_sentences", assigns=["token.is_sent_start"])
def _sentences(nlp: Language, name: str) -> Callable[[Doc], Doc]:
    def component(doc: Doc) -> Doc:
        starts = {start for start, _ in sentences(fold(doc.text))}
        # setting the flag token by token would cost the square of the text's length
        flags, due = np.full(len(doc), -1, dtype="int64"), False
        for i, token in enumerate(doc):
            due = due or bool(starts.intersection(range(token.idx, token.idx + len(token.text_with_ws))))
            if i == 0 or (due and not token.is_space):
                flags[i], due = 1, False
        column: Any = flags.astype("uint64").reshape(-1, 1)  # what spaCy's stubs call it, numpy's do not know
        doc.from_array([SENT_START], column)
        return doc

    return component


@Language.factory("suantu_names", default_config={"ontology": ""}, assigns=["doc.spans", "doc._.suantu_names"])
def _names(nlp: Language, name: str, ontology: str) -> Callable[[Doc], Doc]:
    stages = _stages(ontology)

    def component(doc: Doc) -> Doc:
        text = fold(doc.text)
        found = stages.gazetteer.find(text)
        chosen = stages.evidence.choose(text, found, stages.evidence.certain([found]))
        doc._.suantu_names = tuple((match.start, match.end, known.thing) for match, known in chosen)
        doc.spans["names"] = _spans(doc, [(a, b, thing.classes[0], thing.iri) for a, b, thing in doc._.suantu_names])
        return doc

    return component


@Language.factory(
    "suantu_periods",
    default_config={"ontology": "", "issued": ""},
    assigns=["doc.spans", "doc._.suantu_periods"],
)
def _periods(nlp: Language, name: str, ontology: str, issued: str) -> Callable[[Doc], Doc]:
    stages = _stages(ontology)

    def component(doc: Doc) -> Doc:
        found = tuple(stages.periods.find(fold(doc.text), issued, ""))
        doc._.suantu_periods = found
        doc.spans["periods"] = _spans(doc, [(p.start, p.end, "period", p.value) for p in found])
        return doc

    return component


@Language.factory(
    "suantu_quantities",
    default_config={"ontology": ""},
    requires=["doc._.suantu_periods"],
    assigns=["doc.spans", "doc._.suantu_quantities"],
)
def _quantities(nlp: Language, name: str, ontology: str) -> Callable[[Doc], Doc]:
    stages = _stages(ontology)

    def component(doc: Doc) -> Doc:
        text = fold(doc.text)
        found = tuple(stages.quantities.find(text, doc._.suantu_periods))
        doc._.suantu_quantities = found
        doc.spans["quantities"] = _spans(doc, [(q.start, q.end, q.kind, f"{q.value:f} {q.unit}") for q in found])
        ranks = stages.quantities.find_ordinals(text)
        doc.spans["ordinals"] = _spans(doc, [(o.start, o.end, o.kind, str(o.value)) for o in ranks])
        return doc

    return component


def nlp(ontology: Ontology | Path | None = None, issued: str = "") -> Language:
    """The recognition over an ontology (the packaged one by default) as a spaCy ``Language``.

    ``issued`` (an ISO date or year) is what "last year" count from.
    """
    import spacy

    directory = ontology.directory if isinstance(ontology, Ontology) else ontology
    where = str(directory) if directory else ""
    made: Language = spacy.blank("xx", config={"nlp": {"tokenizer": {"@tokenizers": "suantu.Tokenizer.v1"}}})
    made.add_pipe("suantu_sentences")
    made.add_pipe("suantu_names", config={"ontology": where})
    made.add_pipe("suantu_periods", config={"ontology": where, "issued": issued})
    made.add_pipe("suantu_quantities", config={"ontology": where})
    return made


def html(text: str, marks: Sequence[tuple[int, int, str]], title: str = "") -> str:
    """displaCy's page of ``text`` with stretches (start, end, label) marked; where they overlap the first one stays."""
    from spacy import displacy

    kept: list[dict[str, Any]] = []
    for start, end, label in sorted(marks, key=lambda m: (m[0], -m[1])):
        if not kept or start >= kept[-1]["end"]:
            kept.append({"start": start, "end": end, "label": label})
    labels = sorted({mark["label"].upper() for mark in kept})
    colours = {label: _COLOURS[i % len(_COLOURS)] for i, label in enumerate(labels)}
    page = displacy.render(
        {"text": text, "ents": kept, "title": title},
        style="ent",
        manual=True,
        page=True,
        jupyter=False,
        options={"colors": colours},
    )
    return str(page)
