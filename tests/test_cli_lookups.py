"""The commands that ask: query, find, show, list, facts, rank, path, compare, why, documents, eval."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import servers
from cli_kb import ROOT, kb, workspace
from suantu.cli import cli

ST = "https://w3id.org/suantu/ontology#"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A real SPARQL server over the same store."""
    name = json.loads((kb() / "manifest.json").read_text("utf-8"))["store"]
    with servers.oxigraph(kb() / name) as url:
        yield f"{url}/query"


@pytest.fixture(autouse=True, params=["local", "remote"])
def where(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every test runs on the knowledge base and over the server."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    if request.param == "local" or request.node.get_closest_marker("local"):
        if request.param == "remote":
            pytest.skip("of the local store, or of no store")
        monkeypatch.setenv("SUANTU_KB", str(kb()))
    else:
        monkeypatch.setenv("SUANTU_KB", "/nowhere")
        monkeypatch.setenv("SUANTU_ENDPOINT", request.getfixturevalue("server"))
    return str(request.param)


def call(*args: str, code: int = 0, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(cli, args, input=stdin)
    assert result.exit_code == code, (args, result.exit_code, result.stdout, result.stderr)
    if code > 1:
        assert result.stdout == ""
        assert result.stderr.startswith("suantu: ")
        assert "Traceback" not in result.stderr
    return result


def table(result: Result) -> list[list[str]]:
    return [line.split("\t") for line in result.stdout.splitlines()]


# ---- query -----------------------------------------------------------------------------------------------------------

MAKES = "SELECT ?o WHERE { sti:NVIDIA st:makes ?o }"


def test_a_table_has_labels_beside_iris() -> None:
    assert table(call("query", MAKES)) == [["o"], ["A100 (sti:A100)"]]
    assert table(call("query", MAKES, "--raw")) == [["o"], ["https://w3id.org/suantu/id/A100"]]
    assert table(call("query", "SELECT ?o { sti:Huawei st:makes ?o }", "--lang", "zh"))[1] == [
        "昇腾910 (sti:Ascend910)"
    ]


def test_json_is_sparql_json() -> None:
    found = json.loads(call("query", MAKES, "--format", "json").stdout)
    assert found == {
        "head": {"vars": ["o"]},
        "results": {"bindings": [{"o": {"type": "uri", "value": "https://w3id.org/suantu/id/A100"}}]},
    }


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ("csv", "https://w3id.org/suantu/id/A100"),
        ("tsv", "<https://w3id.org/suantu/id/A100>"),
        ("xml", "<uri>https://w3id.org/suantu/id/A100</uri>"),
    ],
)
def test_other_formats_of_rows(form: str, words: str) -> None:
    assert words in call("query", MAKES, "--format", form).stdout


@pytest.mark.parametrize(
    ("form", "words"),
    [("table", "sti:NVIDIA st:makes"), ("ttl", "sti:NVIDIA"), ("nt", f"<{ST}makes>"), ("jsonld", f"{ST}makes")],
)
def test_formats_of_graphs(form: str, words: str) -> None:
    assert words in call("query", "CONSTRUCT WHERE { sti:NVIDIA st:makes ?o }", "--format", form).stdout


def test_ask_tells_by_its_exit_code() -> None:
    assert call("query", "ASK { sti:A100 a st:Chip }").stdout == "true\n"
    assert call("query", "ASK { sti:A100 a st:City }", code=1).stdout == "false\n"
    assert (
        json.loads(call("query", "ASK { sti:A100 a st:City }", "--format", "json", code=1).stdout)["boolean"] is False
    )


def test_a_query_from_a_file_and_from_stdin(tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    file.write_text(MAKES, "utf-8")
    assert (
        call("query", "-f", str(file)).stdout == call("query", "-", stdin=MAKES).stdout == call("query", MAKES).stdout
    )
    call("query", "-f", str(tmp_path / "none.rq"), code=3)


def test_a_file_may_have_parameters(tmp_path: Path) -> None:
    file = tmp_path / "mine.rq"
    head = "# title zh: 甲\n# title en: a\n# description: d\n# param maker thing – who\n"
    file.write_text(head + "SELECT ?o WHERE { VALUES ?maker { UNDEF } ?maker st:makes ?o }", "utf-8")
    assert table(call("query", "-f", str(file), "maker=英伟达"))[1] == ["A100 (sti:A100)"]


def test_named_questions() -> None:
    assert table(call("query", "products-of", "maker=英伟达"))[1][0] == "A100 (sti:A100)"
    assert table(call("query", "products-of", "英伟达"))[1][0] == "A100 (sti:A100)"
    assert len(table(call("query", "rank-table", "--limit", "3"))) == 4
    assert (
        "VALUES ?maker { <https://w3id.org/suantu/id/NVIDIA> }"
        in call("query", "products-of", "NVIDIA", "--show").stdout
    )


def test_the_list_of_questions() -> None:
    rows = table(call("query", "--list"))
    assert rows[0] == ["question", "parameters", "title"]
    assert ["rank-movers", "[from] [to]", "Who moved in a ranking"] in rows
    assert "名次升降" in call("query", "--list", "--lang", "zh").stdout
    assert any(q["name"] == "market-size" for q in json.loads(call("query", "--list", "--format", "json").stdout))


def test_an_empty_result_is_a_header_and_a_remark() -> None:
    result = call("query", "SELECT ?x WHERE { ?x a st:AIModel }")
    assert (result.stdout, result.stderr) == ("x\n", "Nothing found.\n")
    assert call("query", "SELECT ?x WHERE { ?x a st:AIModel }", "--quiet").stderr == ""


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (["SELECT * WHERE { ?s ?p }"], 4, "line 1, column"),
        (["SELECT * WHERE { ?s foo:bar ?o }"], 4, "the prefix foo: is not known"),
        (["DELETE WHERE { ?s ?p ?o }"], 4, "queries only read"),
        (["SELECT * WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a", "--timeout", "0.2"], 4, "--timeout"),
        (["SELECT * WHERE { ?s ?p ?o }", "--format", "ttl"], 4, "rows"),
        (["CONSTRUCT WHERE { ?s ?p ?o }", "--format", "csv"], 4, "a graph"),
        (["rank-mover"], 2, "did you mean rank-movers"),
        (["figures-of"], 2, "needs thing="),
        (["figures-of", "thing=浪朝"], 2, "did you mean 浪潮"),
        (["figures-of", "A100", "GPU"], 2, "write NAME=VALUE"),
        ([], 2, "what shall be asked"),
        (["SELECT * {}", "more"], 2, "put SPARQL in quotes"),
        (["SELECT * {}", "--format", "pdf"], 2, "'pdf' is not one of"),
        (["SELECT * {}", "--limit", "-1"], 2, "--limit"),
        (["SELECT * {}", "--kb", "/nowhere/kb"], 3, "no knowledge base"),
        (["SELECT * {}", "--endpoint", "http://127.0.0.1:9/sparql"], 5, "127.0.0.1:9"),
        (["SELECT * {}", "--endpoint", "ftp://x"], 5, "not an address"),
    ],
)
def test_what_query_refuses(args: list[str], code: int, words: str) -> None:
    assert words in call("query", *args, code=code).stderr


@pytest.mark.local
def test_other_services_are_called_only_where_that_is_allowed() -> None:
    query = "SELECT * WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"
    assert "--allow-service" in call("query", query, code=4).stderr


def test_what_was_inferred_can_be_left_out() -> None:
    query = "ASK { sti:Inspur st:locatedIn sti:China }"
    call("query", query)
    call("query", query, "--no-inferred", code=1)


def test_pages_of_rows() -> None:
    query = "SELECT ?x { ?x a st:City } ORDER BY ?x"
    whole = table(call("query", query, "--raw"))[1:]
    assert table(call("query", query, "--raw", "--limit", "2", "--offset", "1"))[1:] == whole[1:3]
    assert table(call("query", f"{query} LIMIT 3", "--raw", "--offset", "1"))[1:] == whole[1:4]
    assert "OFFSET of its own" not in call("query", f"{query} OFFSET 1", "--offset", "1", code=2).stdout


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT ?x { ?x st:make ?y }", "The graph has no st:make; did you mean st:makes?\n"),
        ("SELECT ?x { sti:Nvidia st:makes ?x }", "did you mean sti:NVIDIA?\n"),
        ("SELECT ?x { ?x st:metric stm:marketsize }", "did you mean stm:marketSize?\n"),
        ("SELECT ?x { ?x a st:Zzzz }", "The graph has no st:Zzzz.\n"),
    ],
)
def test_a_name_that_the_graph_does_not_know_is_told(query: str, words: str) -> None:
    assert call("query", query).stderr.endswith(words)
    assert call("query", query, "--quiet").stderr == ""


@pytest.mark.local
def test_a_not_exists_that_is_slow_is_told() -> None:
    inner = "FILTER NOT EXISTS { ?y st:makes ?z . ?z st:hasChipType ?t"
    assert "asked once for every row" in call("query", f"SELECT ?x {{ ?x a st:City {inner} }} }}").stderr
    assert call("query", f"SELECT ?y {{ ?y a st:Vendor {inner} }} }}").stderr == ""


# ---- find ------------------------------------------------------------------------------------------------------------


def test_find_things_and_places() -> None:
    rows = table(call("find", "浪潮"))
    assert rows[0] == ["found", "class", "how", "thing"]
    assert rows[1] == ["Inspur", "Vendor", "exact", "sti:Inspur"]
    assert any("份额为52%" in row[0] and row[1] == "text" for row in rows)
    assert {row[1] for row in table(call("find", "浪潮", "--texts"))[1:]} == {"text"}


@pytest.mark.parametrize("text", ["langchao", "LangChao", "inspu", "inspurr"])
def test_find_by_how_it_sounds_or_nearly_spells(text: str) -> None:
    assert table(call("find", text, "--things"))[1][3] == "sti:Inspur"


def test_find_in_json() -> None:
    found = json.loads(call("find", "a100", "--format", "json").stdout)
    assert [f["kind"] for f in found] == ["thing", "text"]
    assert found[0]["iri"] == "https://w3id.org/suantu/id/A100"


def test_find_nothing() -> None:
    assert call("find", "qqqqqq", code=1).stderr == "Nothing found.\n"
    call("find", " ", code=2)
    call("find", code=2)


# ---- show, list ------------------------------------------------------------------------------------------------------


def test_show() -> None:
    text = call("show", "inspur").stdout
    assert text.startswith("Inspur  sti:Inspur\nclasses: vendor\nnames: 浪潮, 浪潮信息\n")
    assert "located in →\tJinan\t算力市场报告, p. 2\t" in text
    assert "located in →\tChina\tinferred" in text
    assert "market share\t2020-H1\t52%\tAI servers\tactual\t算力市场报告, p. 2\t" in text
    assert "关系" in call("show", "浪潮", "--lang", "zh").stdout
    assert "城市算力排行\t2019\t1\t1\t" in call("show", "北京").stdout


def test_show_in_json() -> None:
    card = json.loads(call("show", "A100", "--format", "json").stdout)
    figure = next(f for f in card["figures"] if f["unit"] == "GB/s")
    assert (figure["value"], figure["metricLabel"], figure["source"]["words"]) == ("600", "bandwidth", "600GB/s")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["浪朝"], "did you mean 浪潮"),
        (["计算机视觉"], "Technology:computer vision"),
        ([], "Missing argument"),
        (["A100", "--format", "csv"], "csv"),
    ],
)
def test_what_show_refuses(args: list[str], words: str) -> None:
    assert words in call("show", *args, code=2).stderr


def test_list() -> None:
    assert table(call("list", "chip")) == [
        ["name", "passages", "thing"],
        ["A100", "1", "sti:A100"],
        ["Ascend 910", "1", "sti:Ascend910"],
    ]
    assert len(table(call("list", "City", "--all"))) == 5
    assert json.loads(call("list", "芯片", "--limit", "1", "--format", "json").stdout)[0]["label"] == "A100"
    assert call("list", "AIModel").stderr == "Nothing found.\n"
    assert "did you mean 'Chip'" in call("list", "Chipp", code=2).stderr


# ---- facts, rank, path, compare --------------------------------------------------------------------------------------


def test_facts_give_numbers_to_programs() -> None:
    text = call("facts", "--metric", "市场规模", "--year", "2024", "--forecast", "--format", "csv").stdout
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["value"], row["unit"], row["said by"], row["source"]) == (
        "6100000000",
        "USD",
        "IDC",
        "算力市场报告, p. 1",
    )
    assert len(table(call("facts", "--about", "A100", "--about", "昇腾910", "--metric", "memory"))) == 3
    assert len(json.loads(call("facts", "--place", "中国", "--actual", "--limit", "2", "--format", "json").stdout)) == 2
    assert call("facts", "--said-by", "华为").stderr == "Nothing found.\n"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["--metric", "colour"], "unknown metric"),
        (["--year", "24"], "four digits"),
        (["--about", "nobody"], "unknown thing"),
        (["--limit", "0"], "--limit"),
    ],
)
def test_what_facts_refuses(args: list[str], words: str) -> None:
    assert words in call("facts", *args, code=2).stderr


def test_rank() -> None:
    assert table(call("rank"))[1:] == [
        ["城市算力排行", "2019", "China", "3", "Beijing"],
        ["城市算力排行", "2020", "China", "4", "Beijing"],
    ]
    assert [row[3] for row in table(call("rank", "算力", "--year", "2020"))[1:]] == [
        "Beijing",
        "Shenzhen",
        "Hangzhou",
        "Jinan",
    ]
    assert [row[1:] for row in table(call("rank", "算力", "--by-year"))][-1] == ["Jinan", "", "4"]
    assert [row[:3] for row in table(call("rank", "深圳"))[1:]] == [
        ["城市算力排行", "2019", "3"],
        ["城市算力排行", "2020", "2"],
    ]
    assert call("rank", "A100").stderr == "Nothing found.\n"
    assert "no ranking has 'nothing'" in call("rank", "nothing", code=2).stderr
    call("rank", "--year", "x", code=2)


def test_path() -> None:
    rows = table(call("path", "济南", "A100"))[1:]
    assert [row[1:4] for row in rows] == [
        ["Inspur", "located in", "Jinan"],
        ["Inspur", "partners with", "NVIDIA"],
        ["NVIDIA", "makes", "A100"],
    ]
    assert call("path", "A100", "医疗", code=1).stderr == "Nothing connects A100 and health care.\n"
    assert len(json.loads(call("path", "济南", "A100", "--format", "json").stdout)[0]["steps"]) == 3
    call("path", "A100", code=2)


def test_compare() -> None:
    rows = table(call("compare", "A100", "Ascend 910"))
    assert rows[0] == ["property", "A100", "Ascend 910"]
    assert ["class", "chip", "chip"] in rows
    assert ["memory", "40 GB", "32 GB"] in rows
    assert ["class", "chip", "chip"] not in table(call("compare", "A100", "Ascend 910", "--differences"))
    assert "two things" in call("compare", "A100", code=2).stderr


# ---- why, documents, eval --------------------------------------------------------------------------------------------


def test_why() -> None:
    number = table(call("facts", "--about", "A100", "--metric", "memory"))[1][-1]
    text = call("why", number).stdout
    assert "  metric: memory\n" in text
    assert "  rule: amount\n  confidence: 0.9\n" in text
    assert "算力市场报告 · 人工智能服务器市场 · p. 2" in text
    assert "显存⟦40GB⟧。" in text
    relation = call("why", "英伟达", "A100").stdout
    assert "  subject: NVIDIA\n  relation: makes\n  object: A100\n" in relation
    assert "⟦英伟达推出A100⟧" in relation
    ranked = table(call("rank", "北京"))[1][-1]
    assert "period: 2019" in call("why", ranked).stdout


def test_why_in_json() -> None:
    (reason,) = json.loads(call("why", "英伟达", "A100", "--format", "json").stdout)
    assert reason["rules"] == ["makes-verb"]
    assert reason["quotes"][0]["words"] == "英伟达推出A100"


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (["ffff"], "unknown fact"),
        (["A100", "北京"], "suantu path"),
        (["a", "b", "c"], "one fact, or two things"),
        ([], "Missing"),
    ],
)
def test_what_why_refuses(args: list[str], words: str) -> None:
    assert words in call("why", *args, code=2).stderr


def test_documents() -> None:
    rows = table(call("documents"))
    assert rows[0] == ["document", "issued", "publisher", "facts", "hash"]
    assert [row[:4] for row in rows[1:]] == [
        ["算力市场报告", "2020-12-01", "研究社", "19"],
        ["四年后的复盘", "2025", "", "22"],
    ]


def test_eval(tmp_path: Path) -> None:
    gold = tmp_path / "small.gold"
    gold.write_text("R|英伟达|makes|A100|…\nR|英伟达|makes|GPU|…\nO|memory|A100|||40|GB|actual|=|…\n", "utf-8")
    text = call("eval", str(gold), "--misses", "--extras", "--by-rule").stdout
    assert "relations\tfound\t1\t50.0%\n" in text
    assert "missed\trelations\t英伟达 makes GPU   «…»\n" in text
    assert "extra\trelations\t华为 makes 昇腾910\tmakes-verb\n" in text
    assert "makes-verb\t1\t0\t1\t\n" in text
    assert "precision\t" not in text
    assert json.loads(call("eval", str(gold), "--format", "json").stdout)["observations"]["counts"]["full"] == 1
    gold.write_text(f"# complete: relations\n{gold.read_text('utf-8')}", "utf-8")
    text = call("eval", str(gold), "--by-rule").stdout
    assert "relations\tprecision\t1\t" in text
    assert "observations\tprecision" not in text
    assert "makes-verb\t1\t0\t1\t50.0%\n" in text
    found = json.loads(call("eval", str(gold), "--format", "json").stdout)
    assert 0 < found["relations"]["precision"] < 1
    assert found["observations"]["precision"] is None
    assert found["by_rule"]["makes-verb"] == {"in_gold": 1, "partly": 0, "beyond": 1, "precision": 0.5}
    gold.write_text("# complete: ranks\n", "utf-8")
    assert "complete in what? ranks; there are entities, relations" in call("eval", str(gold), code=3).stderr
    gold.write_text("X|40|GB|…\n", "utf-8")
    assert "ERROR\tobserved but false: 40 GB" in call("eval", str(gold), code=1).stdout
    assert "cannot be read" in call("eval", str(tmp_path / "none.gold"), code=3).stderr


# ---- everywhere ------------------------------------------------------------------------------------------------------

COMMANDS = sorted(
    p.stem
    for p in (ROOT / "src/suantu/cli").glob("*.py")
    if not p.stem.startswith("_") and p.stem not in {"common", "completing", "output", "messages"}
)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_an_example(name: str) -> None:
    text = call(name.replace("_", "-"), "--help").stdout
    assert "Example" in text
    assert f"suantu {name}" in text


def test_help_and_version() -> None:
    text = call("--help").stdout
    assert all(f"  {name.replace('_', '-')}" in text for name in COMMANDS)
    assert call("--version").stdout.startswith("suantu 0.")


def test_an_unknown_command_names_the_nearest() -> None:
    assert "did you mean" in call("shwo", code=2).stderr
    call("common", code=2)
    call("_reading", code=2)
    call("../x", code=2)


def test_the_locale_decides_the_language(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert table(call("list", "Chip"))[2][0] == "昇腾910"
    monkeypatch.delenv("LC_ALL")
    monkeypatch.setenv("LANG", "C")
    monkeypatch.delenv("LC_MESSAGES", raising=False)
    assert table(call("list", "Chip"))[2][0] == "Ascend 910"


def test_every_lookup_of_an_empty_graph() -> None:
    empty = ["--kb", str(workspace() / "empty")]
    for args in (["list", "Chip"], ["facts"], ["rank"], ["query", "market-size"]):
        result = call(*args, *empty)
        assert (len(result.stdout.splitlines()), result.stderr) == (1, "Nothing found.\n")
    assert call("show", "浪潮", *empty).stdout.startswith("Inspur  sti:Inspur")
    call("why", "abcd", *empty, code=2)


def test_debug_shows_where(monkeypatch: pytest.MonkeyPatch) -> None:
    result = CliRunner().invoke(cli, ["show", "nobody", "--debug"])
    assert "Traceback" in result.stderr
    assert result.exit_code == 2


def test_a_fault_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = CliRunner().invoke(cli, ["query", "SELECT * {}", "--kb", os.fspath(kb()) + "\0"])
    assert result.exit_code in (3, 70)
    assert result.stderr.startswith("suantu: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "args",
    [
        ["show", "浪潮"],
        ["list", "Chip"],
        ["facts", "--metric", "marketSize"],
        ["rank", "算力", "--by-year"],
        ["path", "济南", "A100"],
        ["compare", "A100", "昇腾910"],
        ["documents"],
        ["query", "products-of", "maker=英伟达"],
        ["query", "conflict-candidates"],
        ["query", "ASK { sti:A100 a st:Chip }"],
        ["find", "langchao", "--things"],
    ],
)
def test_a_service_answers_as_the_store_does(server: str, args: list[str]) -> None:
    assert call(*args, "--endpoint", server).stdout == call(*args, "--kb", str(kb())).stdout


def test_a_service_without_the_texts_quotes_what_it_has(server: str) -> None:
    assert "⟦英伟达推出A100⟧，采用" in call("why", "英伟达", "A100", "--endpoint", server).stdout
    (row,) = table(call("find", "nvlink", "--texts", "--endpoint", server))[1:]
    assert "推出A100，采用NVLink 3，带宽" in row[0]
    assert "浪潮" in call("show", "浪朝", "--endpoint", server, code=2).stderr


def test_the_line_says_more_than_the_environment(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUANTU_ENDPOINT", "http://127.0.0.1:9/")
    call("list", "Chip", code=5)
    call("list", "Chip", "--kb", str(kb()))
