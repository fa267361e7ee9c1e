"""Every command that asks: what it does usually, what it says where there is nothing, and what it refuses; each on a
knowledge base and over a real SPARQL service, on a graph with facts and on one without any, in both languages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

import servers
from cli_kb import kb, workspace
from suantu.cli import cli

GOLD = "R|英伟达|makes|A100|…\nO|memory|A100|||40|GB|actual|=|…\n"
NOTHING = {"en": "Nothing found.\n", "zh": "没有结果。\n"}
# command: arguments, the exit code, words of the output in English and in Chinese
USUAL: dict[str, tuple[list[str], int, str, str]] = {
    "query": (["products-of", "maker=英伟达"], 0, "chip (st:Chip)", "芯片 (st:Chip)"),
    "find": (["inspur", "--things"], 0, "Inspur\tVendor\texact\tsti:Inspur", "浪潮\tVendor\t同名\tsti:Inspur"),
    "show": (["昇腾910"], 0, "← makes\tHuawei", "← 制造\t华为"),
    "list": (["Chip"], 0, "Ascend 910\t1\tsti:Ascend910", "昇腾910\t1\tsti:Ascend910"),
    "facts": (["--about", "A100", "--metric", "memory"], 0, "A100\tmemory\t", "A100\t显存\t"),
    "rank": (["算力", "--year", "2020"], 0, "2020\t2\tShenzhen", "2020\t2\t深圳"),
    "path": (["济南", "A100"], 0, "Inspur\tpartners with\tNVIDIA", "浪潮\t合作\t英伟达"),
    "compare": (["A100", "昇腾910"], 0, "memory\t40 GB\t32 GB", "显存\t40 GB\t32 GB"),
    "why": (["英伟达", "A100"], 0, "  relation: makes\n  object: A100\n", "⟦英伟达推出A100⟧"),
    "documents": ([], 0, "算力市场报告\t2020-12-01\t研究社\t19", "四年后的复盘\t2025\t\t22"),
    "conflicts": ([], 0, "contradiction\t0.1333\tmarket size\tAI servers", "\t0.1333\t市场规模\t人工智能服务器"),
    "diff": (["算力市场报告", "四年后的复盘"], 0, "only A\tfigures\tmemory · A100", "显存 · A100"),
    "check": (["--only", "cube"], 0, "data cube: checked 16 constraints, all right", "16"),
    "export": (["--around", "A100", "--format", "mermaid"], 0, '-->|"makes"|', '-->|"制造"|'),
    "plot": (["marketSize"], 0, "<svg", "<svg"),
    "eval": (["GOLD"], 0, "relations\tfound\t1\t100.0%", "1\t100.0%"),
    "review": (["--lexicon", "LEXICON"], 0, "云岭芯科技\tVendor\t0.6\t1\t1", "云岭芯科技\tVendor\t0.6\t1\t1"),
}
# command: arguments that find nothing in a graph with facts, the exit code, words on stderr ("" for: nothing found)
EMPTY: dict[str, tuple[list[str], int, str]] = {
    "query": (["SELECT ?x { ?x a st:AIModel }"], 0, ""),
    "find": (["qqqqqq"], 1, ""),
    "list": (["AIModel"], 0, ""),
    "facts": (["--about", "GPU"], 0, ""),
    "rank": (["A100"], 0, ""),
    "path": (["A100", "医疗"], 1, "Nothing connects A100 and health care.\n"),
    "why": (["A100", "北京"], 2, "no document relates 'A100' and '北京'"),
    "conflicts": (["--about", "Huawei"], 0, ""),
    "diff": (["算力市场报告", "算力市场报告"], 0, ""),
    "export": (["--query", "CONSTRUCT { ?x a ?y } { ?x a st:AIModel ; a ?y }"], 0, ""),
    "plot": (["bandwidth", "--about", "GPU"], 2, "no figure fits"),
}
# command: arguments over a graph without facts, the exit code, words on either side
BARE: dict[str, tuple[list[str], int, str]] = {
    "query": (["market-size"], 0, "Nothing found."),
    "find": (["浪潮", "--texts"], 1, "Nothing found."),
    "show": (["浪潮"], 0, "Inspur  sti:Inspur\nclasses: vendor\n"),
    "list": (["Chip"], 0, "Nothing found."),
    "facts": ([], 0, "Nothing found."),
    "rank": ([], 0, "Nothing found."),
    "path": (["A100", "深圳"], 1, "Nothing connects A100 and Shenzhen."),
    "compare": (["A100", "昇腾910"], 0, "class\tchip\tchip\n"),
    "why": (["abcd"], 2, "unknown fact 'abcd'"),
    "documents": ([], 0, "blank.txt"),
    "conflicts": ([], 0, "Nothing found."),
    "diff": (["--forecasts"], 0, "Nothing found."),
    "check": (["--only", "cube"], 0, "data cube"),
    "export": (["--around", "开放计算联盟", "--format", "mermaid"], 0, "Open Compute Alliance"),
    "plot": (["marketSize"], 2, "no figure fits"),
    "eval": (["GOLD"], 0, "relations\tfound\t0\t0.0%"),
    "review": (["--lexicon", "LEXICON"], 0, "Nothing found."),
}
# command: wrong arguments, the exit code, words of the one line on stderr
WRONG: dict[str, list[tuple[list[str], int, str]]] = {
    "query": [(["SELECT * { ?s ?p"], 4, "line 1, column 17"), (["product-of", "x"], 2, "did you mean products-of")],
    "find": [([" "], 2, "TEXT is empty")],
    "show": [(["浪朝"], 2, "did you mean 浪潮?"), (["计算机视觉"], 2, "Technology:computer vision = sti:Vision")],
    "list": [(["Chipp"], 2, "did you mean 'Chip'?")],
    "facts": [(["--metric", "colour"], 2, "unknown metric 'colour'"), (["--about", "计算机视觉"], 2, "may be")],
    "rank": [(["nothing"], 2, "no ranking has 'nothing'")],
    "path": [(["A100", "NVIDA"], 2, "did you mean NVIDIA?")],
    "compare": [(["A100", "nobody"], 2, "unknown thing 'nobody'"), (["A100"], 2, "two things")],
    "why": [(["ffff"], 2, "unknown fact 'ffff'")],
    "documents": [(["--format", "pdf"], 2, "'pdf' is not one of")],
    "conflicts": [(["--about", "nobody"], 2, "unknown thing 'nobody'")],
    "diff": [(["算力市场报告", "none.txt"], 2, "none.txt: no such document"), ([], 2, "two sides")],
    "check": [(["--only", "everything"], 2, "'everything' is not one of")],
    "export": [(["--around", "nobody"], 2, "unknown thing 'nobody'"), (["--format", "pdf"], 2, "pdf")],
    "plot": [(["colour"], 2, "unknown metric 'colour'")],
    "eval": [(["/nowhere.gold"], 3, "cannot be read")],
    "review": [(["--lexicon", "LEXICON", "--accept-file", "/nowhere.tsv"], 2, "/nowhere.tsv")],
}
SERVED = {"serve"}  # goes on until it is told to stop: see test_serve


@pytest.fixture(scope="module")
def services() -> Iterator[dict[str, str]]:
    """Real servers over the two stores."""
    stores = {
        name: workspace() / name / json.loads((workspace() / name / "manifest.json").read_text("utf-8"))["store"]
        for name in ("kb", "empty")
    }
    with servers.oxigraph(stores["kb"]) as full, servers.oxigraph(stores["empty"]) as empty:
        yield {"kb": f"{full}/query", "empty": f"{empty}/query"}


@pytest.fixture(params=["local", "remote"])
def where(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """Where the graphs are, as options."""
    if request.param == "local":
        return {"kb": ["--kb", str(kb())], "empty": ["--kb", str(workspace() / "empty")]}
    return {name: ["--endpoint", url] for name, url in request.getfixturevalue("services").items()}


def call(command: str, arguments: list[str], options: list[str], code: int, language: str = "en") -> Result:
    (gold := workspace() / "small.gold").write_text(GOLD, "utf-8")
    paths = {"GOLD": str(gold), "LEXICON": str(workspace() / "own")}
    given = [command, *(paths.get(one, one) for one in arguments), *options, "--lang", language]
    result = CliRunner().invoke(cli, given)
    assert result.exit_code == code, (given, result.exit_code, result.stdout, result.stderr)
    return result


@pytest.mark.parametrize("command", USUAL)
def test_what_it_does_usually(command: str, where: dict[str, list[str]]) -> None:
    arguments, code, english, chinese = USUAL[command]
    assert english in call(command, arguments, where["kb"], code).stdout
    assert chinese in call(command, arguments, where["kb"], code, "zh").stdout


@pytest.mark.parametrize("command", EMPTY)
def test_what_it_says_where_nothing_fits(command: str, where: dict[str, list[str]]) -> None:
    arguments, code, words = EMPTY[command]
    for language in ("en", "zh"):
        result = call(command, arguments, where["kb"], code, language)
        assert len(result.stdout.splitlines()) <= 1 or command == "export"
        assert (words if words and language == "en" else "" if words else NOTHING[language]) in result.stderr


@pytest.mark.parametrize("command", BARE)
def test_what_it_says_of_a_graph_without_facts(command: str, where: dict[str, list[str]]) -> None:
    arguments, code, words = BARE[command]
    result = call(command, arguments, where["empty"], code)
    assert words in result.stdout + result.stderr


@pytest.mark.parametrize(("command", "number"), [(name, n) for name, all_ in WRONG.items() for n in range(len(all_))])
def test_what_it_refuses(command: str, number: int, where: dict[str, list[str]]) -> None:
    arguments, code, words = WRONG[command][number]
    result = call(command, arguments, where["kb"], code)
    assert result.stdout == ""
    assert result.stderr.startswith("suantu: ")
    assert words in result.stderr


@pytest.mark.parametrize("command", [name for name in USUAL if name != "review"])
def test_where_no_graph_is(command: str, tmp_path: Path) -> None:
    arguments = USUAL[command][0]
    assert "no knowledge base there" in call(command, arguments, ["--kb", str(tmp_path / "none")], 3).stderr
    lost = call(command, arguments, ["--endpoint", "http://127.0.0.1:9/sparql"], 5)
    assert "http://127.0.0.1:9/sparql: cannot be reached" in lost.stderr
    assert (lost.stdout, len(lost.stderr.splitlines())) == ("", 1)


def test_no_command_is_left_out() -> None:
    context = click.Context(cli)
    asks = set()
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        if any(p.name == "endpoint" for p in command.params):
            asks.add(name)
    assert asks - SERVED == USUAL.keys() == BARE.keys() == WRONG.keys()
