"""The recognition as a spaCy pipeline."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("spacy")

from spacy.language import Language
from spacy.vocab import Vocab

from suantu.ontology import Ontology
from suantu.pipeline import Pipeline
from suantu.spacy_pipe import Tokenizer, html, nlp

TOKENIZER = Tokenizer(Vocab())
TEXT = "2020年上半年，浪潮的A100服务器（PCIe4.0）出货1,234台。第二名是 华为，占比52%。"


@pytest.fixture(scope="module")
def language(ontology: Ontology) -> Language:
    return nlp(ontology)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("A100", ["A", "100"]),
        ("用A100。", ["用", "A", "100", "。"]),
        ("PCIe4.0", ["PCIe", "4.0"]),
        ("PCIe 4.0", ["PCIe", "4.0"]),
        ("2020H1", ["2020", "H", "1"]),
        ("600GB/s", ["600", "GB", "/", "s"]),
        ("1,234亿美元", ["1,234", "亿", "美", "元"]),
        (" 两  个\n", [" ", "两", " ", "个", "\n"]),
        ("", []),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    doc = TOKENIZER(text)
    assert doc.text == text
    assert [token.text for token in doc] == tokens


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_the_text_stays_whole(text: str) -> None:
    assert TOKENIZER(text).text == text


def test_the_same_records_as_the_build(language: Language, pipeline: Pipeline) -> None:
    doc = language(TEXT)
    periods = pipeline.periods.find(TEXT, "", "")
    assert list(doc._.suantu_periods) == list(periods)
    assert list(doc._.suantu_quantities) == list(pipeline.quantities.find(TEXT, periods))
    assert [TEXT[a:b] for a, b, _ in doc._.suantu_names] == ["浪潮", "A100", "PCIe4.0", "华为"]


def test_spans_and_sentences(language: Language) -> None:
    doc = language(TEXT)
    names = [(span.text, span.label_, span.kb_id_.rpartition("/")[2]) for span in doc.spans["names"]]
    assert ("浪潮", "Vendor", "Inspur") in names
    assert ("A100", "Chip", "A100") in names
    assert [(s.text, s.kb_id_) for s in doc.spans["periods"]] == [("2020年上半年", "2020-H1")]
    assert [(s.text, s.label_) for s in doc.spans["quantities"]] == [("1,234台", "count"), ("52%", "percent")]
    assert [s.text for s in doc.spans["ordinals"]] == ["第二名"]
    assert [s.text for s in doc.sents] == [TEXT[: TEXT.index("第二")], TEXT[TEXT.index("第二") :]]


def test_a_gap_is_reported(ontology: Ontology) -> None:
    language = nlp(ontology)
    assert not any(language.analyze_pipes()["problems"].values())
    language.remove_pipe("suantu_periods")
    assert language.analyze_pipes()["problems"]["suantu_quantities"] == ["doc._.suantu_periods"]


def test_relative_times_need_a_date(ontology: Ontology) -> None:
    doc = nlp(ontology, issued="2022")("去年增长。")
    assert [span.kb_id_ for span in doc.spans["periods"]] == ["2021"]


def test_texts_in_a_stream_and_an_empty_one(language: Language) -> None:
    assert [len(doc) for doc in language.pipe(["", "A100"])] == [0, 2]


def test_a_page_marks_what_does_not_overlap() -> None:
    page = html("浪潮A100", [(0, 2, "Vendor"), (1, 3, "Chip"), (2, 6, "Chip")])
    assert page.count("<mark") == 2
