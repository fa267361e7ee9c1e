"""What only a real process shows: what is imported, pipes that close, terminals, exit codes, signals."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from cli_kb import ROOT, kb
from suantu.cli.messages import say
from suantu.table import aligned, cut, harmless, tabbed, visible, width

COSTLY = (
    "rich",
    "rdflib",
    "spacy",
    "networkx",
    "yaml",
    "pypinyin",
    "rapidfuzz",
    "SPARQLWrapper",
    "difflib",
    "importlib.metadata",
)
ENV = {
    **os.environ,
    "PYTHONPATH": str(ROOT / "src"),
    "SUANTU_KB": str(kb()),
    "LC_ALL": "zh_CN.UTF-8",
    "PYTHONIOENCODING": "utf-8",
}


def run(*args: str, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [sys.executable, "-m", "suantu", *args],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=ENV,
        timeout=60,
        **more,
    )


def on_a_terminal(*args: str, columns: int = 80) -> str:
    """What the command writes to a terminal of that width."""
    main, side = pty.openpty()
    env = {**ENV, "COLUMNS": str(columns), "TERM": "xterm"}
    with subprocess.Popen(
        [sys.executable, "-m", "suantu", *args], stdout=side, stderr=side, stdin=side, env=env
    ) as process:
        os.close(side)
        parts = []
        while select.select([main], [], [], 30)[0]:
            try:
                part = os.read(main, 65536)
            except OSError:  # the other side is closed
                break
            if not part:
                break
            parts.append(part)
        process.wait(30)
    os.close(main)
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


# ---- imports ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "args",
    [
        ["--help"],
        ["--version"],
        ["query", "SELECT * { ?s st:makes ?o }"],
        ["query", "products-of", "maker=浪潮"],
        ["show", "浪潮"],
        ["find", "浪潮"],
        ["list", "Chip"],
        ["facts"],
        ["rank"],
        ["why", "浪潮", "英伟达"],
        ["documents"],
        ["compare", "A100", "昇腾910"],
    ],
)
def test_a_lookup_imports_nothing_that_costs(args: list[str]) -> None:
    code = (
        "import sys; from suantu.cli import cli\n"
        "try: cli(sys.argv[1:], prog_name='suantu')\n"
        f"except SystemExit: print(sorted(set({COSTLY!r}) & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *args], capture_output=True, text=True, encoding="utf-8", env=ENV
    )
    assert done.stdout
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_package_itself_imports_nothing() -> None:
    code = (
        "import sys, suantu; print([m for m in ('click', 'pyoxigraph', 'rdflib', 'spacy', 'yaml') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=ENV).stdout == "[]\n"


# ---- pipes and exit codes --------------------------------------------------------------------------------------------


def test_a_closed_pipe_is_no_complaint() -> None:
    query = "SELECT * { ?s ?p ?o }"
    with subprocess.Popen(
        [sys.executable, "-m", "suantu", "query", query, "--format", "csv"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENV,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) in (0, -13)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (["list", "Chip"], 0),
        (["query", "ASK { sti:A100 a st:City }"], 1),
        (["show", "nobody"], 2),
        (["list", "--nonsense"], 2),
        (["--nonsense"], 2),
        (["list", "Chip", "--kb", "/nowhere"], 3),
        (["query", "SELECT"], 2),
        (["query", "SELECT * WHERE"], 4),
        (["list", "Chip", "--endpoint", "http://127.0.0.1:9/"], 5),
    ],
)
def test_exit_codes(args: list[str], code: int) -> None:
    done = run(*args)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr


def test_results_and_remarks_keep_apart() -> None:
    done = run("query", "SELECT ?x { ?x a st:AIModel }")
    assert (done.stdout, done.stderr) == ("x\n", "没有结果。\n")


def test_a_query_that_runs_away_is_stopped() -> None:
    began = time.monotonic()
    done = run("query", "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", "--timeout", "0.5")
    assert done.returncode == 4
    assert "0.5 s" in done.stderr
    assert time.monotonic() - began < 30


def test_a_knowledge_base_that_may_only_be_read(tmp_path: Path) -> None:
    import shutil

    copy = tmp_path / "kb"
    shutil.copytree(kb(), copy)
    (copy / "documents" / "names.tsv").unlink(missing_ok=True)
    for path in [copy, *copy.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert "sti:Inspur" in run("find", "langchao", "--kb", str(copy)).stdout
    finally:
        for path in [copy, *copy.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)


# ---- terminals -------------------------------------------------------------------------------------------------------


def test_columns_line_up_on_a_terminal() -> None:
    lines = on_a_terminal("rank", "算力", "--year", "2020").replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert lines[0].startswith("榜单          时间  名次  对象")
    starts = {
        width(line[: line.index(name)]) for line, name in zip(lines[1:], ("北京", "深圳", "杭州", "济南"), strict=True)
    }
    assert len(starts) == 1


def test_a_table_keeps_to_the_terminal() -> None:
    text = on_a_terminal("find", "浪潮", columns=60)
    plain = re.sub(r"\x1b\[\d*m", "", text)
    assert max(width(line) for line in plain.splitlines()) <= 60
    assert "……" in plain or "…" in plain


def test_where_no_table_fits_each_row_is_a_block() -> None:
    text = on_a_terminal("facts", "--forecast", "--metric", "marketSize", columns=40)
    assert "数值: 6,100,000,000 USD\n" in text


def test_numbers_are_for_people_on_a_terminal() -> None:
    assert "6,100,000,000 USD" in on_a_terminal("facts", "--forecast", columns=200)
    assert "\x1b[1;7m40GB\x1b[0m" in on_a_terminal("why", "A100", "英伟达") or "英伟达推出A100" in on_a_terminal(
        "why", "A100", "英伟达"
    )


def test_a_choice_is_offered_on_a_terminal() -> None:
    main, side = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "suantu", "show", "计算机视觉"], stdin=side, stdout=subprocess.PIPE, stderr=side, env=ENV
    ) as process:
        os.close(side)
        os.write(main, b"2\n")
        assert process.stdout is not None
        assert "sti:VisionMarket" in process.stdout.read().decode("utf-8").splitlines()[0]
        assert process.wait(30) == 0
    os.close(main)


def test_documents_cannot_steer_the_terminal() -> None:
    query = 'SELECT ?x { VALUES ?x { "a\\u001B[31mred\\u0007\\u009b\\u202e" } }'
    for form in ("table", "csv", "json", "tsv"):
        text = on_a_terminal("query", query, "--format", form)
        assert "\x1b[31m" not in text
        assert "\x07" not in text
        assert "\x9b" not in text
        assert "\u202e" not in text
    assert "a\\x1b[31mred\\x07" in run("query", query).stdout


# ---- tables and words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("算图", 4), ("ａ１", 4), ("e\u0301", 1), ("", 0), ("·—", 2), ("😀", 2)]
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(
    ("text", "columns", "wanted"),
    [("算力市场", 8, "算力市场"), ("算力市场", 7, "算力市…"), ("算力市场", 6, "算力…"), ("abc", 1, "…")],
)
def test_cut(text: str, columns: int, wanted: str) -> None:
    assert cut(text, columns) == wanted
    assert width(cut(text, columns)) <= columns


def test_visible_and_harmless() -> None:
    assert visible("a\n\t\x1b[0m\x7f\u2028b") == "a\\n\\t\\x1b[0m\\x7f\\u2028b"
    assert harmless("a\n\tb\x1b") == "a\n\tb\\u001b"


def test_aligned_and_tabbed() -> None:
    assert aligned(["名称", "n"], [["浪潮", "1"], ["A", "200"]]) == ["名称    n", "浪潮    1", "A     200"]
    assert aligned([], []) == []
    assert list(tabbed(["a"], [["x\ty"]])) == ["a", "x\\ty"]
    assert aligned(["a", "b"], [["x" * 50, "y" * 50]], 10) == ["a: " + "x" * 50, "b: " + "y" * 50]
    assert aligned(["a", "b"], [["x" * 50, "y" * 50]], 40)[1] == "x" * 18 + "…" + "  " + "y" * 18 + "…"


def test_the_words_are_plain_yaml_and_none_is_missing() -> None:
    folder = ROOT / "src/suantu/cli"
    words = yaml.safe_load((folder / "messages.yaml").read_text("utf-8"))
    for key, both in words.items():
        zh, en = both.split(" | ")
        fields = set(re.findall(r"\{\w+\}", en))
        assert fields == set(re.findall(r"\{\w+\}", zh))
        values = {name.strip("{}"): "x" for name in fields}
        assert (say(key, "zh", **values), say(key, "en", **values)) == (zh.format(**values), en.format(**values))
    source = "".join(path.read_text("utf-8") for path in folder.glob("*.py"))
    used = set(re.findall(r'say\(\s*"(\w+)"', source))
    assert used <= words.keys()


def test_the_sources_of_the_lookups_hold_no_chinese() -> None:
    package = ROOT / "src/suantu"
    files = [
        *(package / "cli").glob("*.py"),
        *(package / f"{n}.py" for n in ["query", "names", "lookup", "table", "why", "evaluate", "api"]),
    ]
    for path in files:
        assert not re.search("[\u4e00-\u9fff]", path.read_text("utf-8")), path
