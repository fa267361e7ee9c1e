"""Figures that disagree: which do, and why most do not contradict each other."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli_kb import kb
from suantu.border.vocab import STI, STM
from suantu.cli import cli
from suantu.conflicts import Cues, classify, conflicts, difference
from suantu.paths import ontology_dir
from suantu.statements import Statement


def call(*args: str, code: int = 0) -> Result:
    env = {"SUANTU_KB": str(kb()), "LC_ALL": "en_US.UTF-8"}
    result = CliRunner().invoke(cli, args, env=env)
    assert result.exit_code == code, (args, result.exit_code, result.stdout, result.stderr)
    return result


def said(value: str, start: int = 0, **more: object) -> Statement:
    """A statement on the size of one market in 2020."""
    number = Decimal(value)
    fields = {
        "fact": f"{STI}observation/{value}-{start}",
        "metric": STM + "marketSize",
        "about": STI + "AIServer",
        "period": "2020",
        "value": number,
        "lower": None,
        "upper": None,
        "unit": "USD",
        "bound": "=",
        "status": "Actual",
        "document": "d1",
        "start": start,
        "quote": value,
    }
    empty = dict.fromkeys(Statement._fields, "")
    return Statement(**{**empty, **fields, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("contradiction", said("275710000000"), said("275000000000", 900)),
        ("contradiction", said("60", unit="percent"), said("57", 900, unit="percent")),
        ("rounding", said("2757"), said("2757.1", 900)),
        ("rounding", said("2760"), said("2757.1", 900)),
        ("rounding", said("62.5", unit="percent"), said("63", 900, unit="percent")),
        ("rounding", said("62.5", unit="percent"), said("62", 900, unit="percent")),
        ("bound", said("90", bound=">"), said("93", 900)),
        ("contradiction", said("90", bound=">"), said("80", 900)),
        ("bound", said("90", bound=">"), said("95", 900, bound="<")),
        ("contradiction", said("90", bound=">"), said("80", 900, bound="<")),
        ("bound", said("100", bound="<="), said("93", 900)),
        ("bound", said("100", bound="~"), said("97", 900)),
        ("contradiction", said("100", bound="~"), said("80", 900)),
        ("bound", said("6", lower=Decimal(5), upper=Decimal(7)), said("5.5", 900)),
        ("unit", said("60"), said("400", 900, unit="CNY")),
        ("scope", said("60"), said("90", 900, place=STI + "China")),
        ("scope", said("60"), said("90", 900, within=STI + "AIChinaMarket")),
        ("scope", said("60"), said("90", 900, compared_with=STI + "CPU")),
        ("scope", said("60"), said("90", 10)),
        ("contradiction", said("60"), said("90", 10, document="d2")),
        ("forecast", said("60", status="Forecast"), said("90", 900)),
        ("contradiction", said("60", status="Forecast"), said("90", 900, status="Forecast")),
        (
            "edition",
            said("60", publisher="IDC", issued="2020"),
            said("90", document="d2", publisher="IDC", issued="2021"),
        ),
        ("contradiction", said("60", publisher="IDC", issued="2020"), said("90", document="d2", issued="2021")),
    ],
)
def test_why_two_figures_differ(kind: str, a: Statement, b: Statement) -> None:
    assert classify(a, b) == classify(b, a) == kind


@pytest.mark.parametrize(
    ("kind", "a", "b"),
    [
        ("scope", "带宽为900GB/s", "每条50GB/s"),
        ("scope", "The total is 900GB/s", "50GB/s per link"),
        ("scope", "每颗GPU的带宽", "每条50GB/s"),
        ("contradiction", "每条60GB/s", "每条50GB/s"),
        ("edition", "增长3.5‰", "《２０２０年某某报告》给出的是３.３‰"),
        ("edition", "增长3.5‰", "上一版的数字是3.3‰"),
        ("edition", "It grows by 3.5", "the 2020 edition had 3.3"),
        ("contradiction", "增长3.5‰", "增长3.3‰"),
    ],
)
def test_words_tell_what_is_of_each_and_of_another_edition(kind: str, a: str, b: str) -> None:
    cues = Cues.read(ontology_dir())
    one, other = said("60", quote=a), said("90", 900, quote=b)
    assert classify(one, other, cues) == classify(other, one, cues) == kind
    assert classify(one, other) == "contradiction"
    assert classify(one, other, Cues.read(ontology_dir() / "lexicon")) == "contradiction"


def test_what_is_alike_or_elsewhere_is_no_conflict() -> None:
    elsewhere = said("70", 900, place=STI + "Beijing")
    assert conflicts([said("60"), said("60", 900)]) == []
    assert conflicts([said("60", place=STI + "China"), elsewhere]) == []
    assert conflicts([said("60"), said("70", 900, period="2021")]) == []
    assert conflicts([said("60", within=STI + "A"), said("70", 900, within=STI + "B")]) == []


def test_contradictions_come_first_and_each_once() -> None:
    given = [said("60"), said("90", 900), said("60", 1800), said("61", 2700), said("400", 3600, unit="CNY")]
    found = conflicts(given)
    assert [(c.kind, c.a.value, c.b.value) for c in found if c.kind == "contradiction"] == [
        ("contradiction", Decimal(60), Decimal(90)),
        ("contradiction", Decimal(90), Decimal(61)),
    ]
    assert [c.kind for c in found][2:] == ["rounding"] + ["unit"] * 3
    assert conflicts(reversed(given)) == found


def test_very_many_figures_of_one_thing_take_linear_time() -> None:
    many = [said(str(100 + n), n * 1000) for n in range(3000)]
    assert len(conflicts(many)) < 3000 * 20


def test_difference() -> None:
    assert difference(Decimal(0), Decimal(0)) == 0
    assert difference(Decimal(-5), Decimal(5)) == 2
    assert difference(Decimal(100), Decimal(75)) == Decimal("0.25")


def test_the_command_shows_both_sides() -> None:
    rows = [line.split("\t") for line in call("conflicts").stdout.splitlines()]
    assert len(rows) == 2
    assert rows[0][:2] == ["kind", "difference"]
    assert rows[1][:7] == ["contradiction", "0.1333", "market size", "AI servers", "China", "", "2020"]
    assert {"2,600,000,000 USD", "3,000,000,000 USD", "26亿美元", "30亿美元", "IDC"} <= set(rows[1])
    assert any("2020-12-01" in cell for cell in rows[1])


def test_the_command_gives_all_with_their_kind() -> None:
    found = json.loads(call("conflicts", "--all", "--format", "json").stdout)
    assert [c["kind"] for c in found] == ["contradiction", "forecast"]
    assert found[1]["a"]["status"] == "Forecast"
    assert found[1]["b"]["value"] == "7000000000"
    assert json.loads(call("conflicts", "--about", "Huawei", "--format", "json").stdout) == []
    assert len(call("conflicts", "--metric", "marketSize").stdout.splitlines()) == 2
    assert "1 more pairs" in call("conflicts").stderr


def test_the_2020_report_contradicts_itself_on_the_new_infrastructure(tmp_path: Path, shared_documents: Path) -> None:
    report = shared_documents / "report-2020.txt"
    base = str(tmp_path / "kb")
    call("build", str(report), "--kb", base, "--quiet")
    found = json.loads(call("conflicts", "--kb", base, "--format", "json").stdout)
    values = {frozenset((c["a"]["value"], c["b"]["value"])) for c in found}
    assert frozenset(("275710000000", "275000000000")) in values
