"""Charts: what they show, that they are drawn, and the command."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from PIL import Image

from cli_kb import kb
from export_samples import S, missing
from suantu.border.vocab import STM
from suantu.cli import cli
from suantu.errors import UsageError
from suantu.export.fonts import chinese_font
from suantu.plot import draw
from suantu.plot.choose import Asked, chart
from suantu.plot.lines import leading, paths
from suantu.plot.model import Chart, Point, Series, grain, moment
from suantu.plot.paper import spread, wrapped
from suantu.stores.kb import KnowledgeBase


def chosen(language: str = "zh", **asked: object) -> Chart:
    with KnowledgeBase.open(kb()) as base:
        return chart(base.endpoint(), Asked(**asked), language)  # type: ignore[arg-type]


def texts(svg: bytes) -> list[str]:
    root = ElementTree.fromstring(svg)  # noqa: S314 - what was just drawn
    return ["".join(e.itertext()).strip() for e in root.iter("{http://www.w3.org/2000/svg}text")]


# ---- what is chosen --------------------------------------------------------------------------------------------------


def test_a_metric_over_the_years() -> None:
    made = chosen(metric=STM + "marketSize")
    assert (made.kind, made.unit, made.scale, made.left_out) == ("lines", "亿美元", 1e8, 0)
    assert made.title == "市场规模 · 人工智能服务器 · 中国"
    (series,) = made.series
    found = [(p.period, p.value, p.status) for p in series.points]
    assert found == [
        ("2019", 2e9, "Actual"),
        ("2020", 2.6e9, "Actual"),
        ("2020", 3e9, "Actual"),
        ("2024", 7e9, "Actual"),
        ("2024", 6.1e9, "Forecast"),
    ]
    assert made.sources == ("国际数据公司", "四年后的复盘", "算力市场报告")


def test_units_and_periods_do_not_mix() -> None:
    units = chosen(metric=STM + "memory", language="en")
    assert (units.kind, units.unit) == ("bars", "GB")
    assert [(s.label, s.points[0].value) for s in units.series] == [("A100", 40.0), ("Ascend 910", 32.0)]
    share = chosen(metric=STM + "marketShare")
    assert (share.kind, share.unit) == ("bars", "%")
    assert share.title == "市场份额 · 浪潮 · 人工智能服务器 · 2020-H1"


def test_a_year_gives_bars() -> None:
    made = chosen(metric=STM + "marketSize", year="2024", language="en")
    assert made.kind == "bars"
    assert made.title == "market size · AI servers · China · 2024"
    assert made.unit == "billion USD"


def test_ranks_over_the_years() -> None:
    made = chosen()
    assert (made.kind, made.title) == ("bump", "城市算力排行")
    ranks = {s.label: [(p.period, int(p.value)) for p in s.points] for s in made.series}
    assert ranks == {
        "北京": [("2019", 1), ("2020", 1)],
        "杭州": [("2019", 2), ("2020", 3)],
        "深圳": [("2019", 3), ("2020", 2)],
        "济南": [("2020", 4)],
    }
    assert [s.label for s in chosen(about=(S + "Jinan",)).series] == ["济南"]


def test_nothing_to_show_is_said() -> None:
    with pytest.raises(UsageError, match="no figure fits"):
        chosen(metric=STM + "marketSize", year="1999")
    with pytest.raises(UsageError, match="no ranking fits"):
        chosen(ranking="没有这个榜")


@pytest.mark.parametrize(
    ("period", "kind", "at"),
    [
        ("2020", "year", 2020.0),
        ("2020-H2", "half", 2020.5),
        ("2020-Q3", "quarter", 2020.5),
        ("2020-04", "month", 2020.25),
        ("2020-04-30", "month", 2020.25),
        ("2019/2024", "other", None),
        ("", "other", None),
    ],
)
def test_periods(period: str, kind: str, at: float | None) -> None:
    assert grain(period) == kind
    if at is not None:
        assert moment(period) == at


# ---- how lines are joined --------------------------------------------------------------------------------------------


def points(*rows: tuple[str, float, str, str]) -> Series:
    return Series("x", tuple(Point(p, v, s, edition=e) for p, v, s, e in rows))


def test_the_surest_value_leads() -> None:
    series = points(("2024", 61, "Forecast", "a"), ("2024", 70, "Actual", "b"), ("2019", 20, "Actual", "a"))
    assert [(p.period, p.value) for p in leading(series)] == [("2019", 20), ("2024", 70)]


def test_forecasts_go_on_from_their_own_documents() -> None:
    """A forecast of 2020 for 2025 is not joined to what was counted in 2024 by somebody else."""
    series = points(
        ("2019", 10, "Actual", "2020"),
        ("2025", 30, "Forecast", "2020"),
        ("2024", 99, "Actual", "2025"),
        ("2028", 200, "Forecast", "2025"),
    )
    found = [([p.period for p in path], dashed) for path, dashed in paths(series)]
    assert found == [(["2019", "2024"], False), (["2019", "2025"], True), (["2024", "2028"], True)]


def test_names_are_spread_and_lines_wrapped() -> None:
    places = spread([0.5, 0.5, 0.52, 0.9], 0.1)
    assert sorted(places) == places
    assert all(b - a >= 0.1 - 1e-9 for a, b in pairwise(places))
    assert wrapped("一二三四五六", 10, 31) == ["一二三", "四五六"]
    assert wrapped("alpha beta gamma", 10, 70) == ["alpha beta", "gamma"]


# ---- drawing ---------------------------------------------------------------------------------------------------------

ASKED = {"lines": {"metric": STM + "marketSize"}, "bars": {"metric": STM + "memory"}, "bump": {}}


@pytest.mark.parametrize("kind", list(ASKED))
def test_the_svg_says_what_it_shows(kind: str) -> None:
    made = chosen(**ASKED[kind])
    svg = draw(made)
    shown = texts(svg)
    assert made.title in shown
    assert any(t.startswith("来源：") for t in shown)
    if kind == "lines":
        assert {"亿美元", "实际", "预测", "2019", "2024", "20", "61", "70"} <= set(shown)
        assert svg.count(b"stroke-dasharray") >= 2  # the line and its key
    else:
        assert {s.label for s in made.series} <= set(shown)
    assert draw(chosen(**ASKED[kind])) == svg
    assert b"http" not in re.sub(
        rb'xmlns(:\w+)?="[^"]*"|"http://[^"]*dtd"|<metadata>.*</metadata>', b"", svg, flags=re.DOTALL
    )


def test_the_png_is_a_picture_with_ink() -> None:
    try:
        chinese_font()
    except UsageError:
        missing("a font with Chinese characters")
    for kind in ASKED:
        picture = Image.open(io.BytesIO(draw(chosen(**ASKED[kind]), "png")))
        assert picture.width == 2000
        colours = picture.convert("RGB").getcolors(1 << 24)
        assert colours
        assert len(colours) > 50


def test_money_signs_are_no_formulas() -> None:
    made = Chart("lines", "US$ and $x$", (points(("2019", 1, "Actual", ""), ("2020", 2, "Actual", "")),), "en")
    assert "US$ and $x$" in texts(draw(made))


def test_a_missing_font_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("suantu.export.fonts._by_fontconfig", list)
    monkeypatch.setattr("suantu.export.fonts._by_name", list)
    chinese_font.cache_clear()
    try:
        with pytest.raises(UsageError, match="apt install fonts-noto-cjk"):
            draw(chosen(), "png")
        assert "北京" in texts(draw(chosen()))
    finally:
        chinese_font.cache_clear()


# ---- the command -----------------------------------------------------------------------------------------------------


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["plot", *arguments, "--kb", str(kb())])
    return done.exit_code, done.stdout, done.stderr


def test_the_command_writes_a_file(tmp_path: Path) -> None:
    code, _, err = run("marketSize", "--place", "China", "-o", str(tmp_path / "size.svg"), "--lang", "en")
    assert code == 0
    assert "1 things, 5 points" in err
    assert "billion USD" in texts((tmp_path / "size.svg").read_bytes())


def test_without_a_file_it_goes_to_stdout() -> None:
    code, out, _ = run("rank", "--ranking", "城市", "--lang", "zh")
    assert code == 0
    assert "城市算力排行" in texts(out.encode())


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("marketSize", "-o", "x.pdf"), "its ending names no format"),
        (("marketSize", "--ranking", "x"), "--ranking does not go with marketSize"),
        (("rank", "--chart", "bars"), "--chart does not go with rank"),
        (("marketSize", "--year", "20"), "not a year of four digits"),
        (("nothing",), "unknown metric"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...], said: str) -> None:
    code, _, err = run(*arguments)
    assert code == 2
    assert said in err
