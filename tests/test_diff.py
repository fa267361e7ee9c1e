"""What two sides say differently."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from cli_kb import kb, workspace
from suantu.cli import cli


def call(*args: str, code: int = 0) -> Result:
    env = {"SUANTU_KB": str(kb()), "LC_ALL": "en_US.UTF-8"}
    result = CliRunner().invoke(cli, args, env=env)
    assert result.exit_code == code, (args, result.exit_code, result.stdout, result.stderr)
    return result


def rows(*args: str) -> list[list[str]]:
    return [line.split("\t") for line in call("diff", *args).stdout.splitlines()][1:]


def test_two_documents() -> None:
    found = rows("report.txt", "review.txt")
    assert [r[:6] for r in found[:2]] == [
        ["changed", "figures", "market size · AI servers · China · 2020", "2,600,000,000 USD (actual)",
         "3,000,000,000 USD (actual)", "13.3%"],
        ["changed", "figures", "market size · AI servers · China · 2024", "6,100,000,000 USD (forecast)",
         "7,000,000,000 USD (actual)", "12.9%"],
    ]  # fmt: skip
    said = {tuple(r[:3]) for r in found}
    assert ("only A", "figures", "memory · A100") in said
    assert ("only B", "relations", "Huawei · makes · Ascend 910") in said
    assert ("only A", "ranks", "城市算力排行 · 2019 · China · Beijing") in said
    assert not [r for r in found if "market size · AI servers · China · 2019" in r]  # both say 20


def test_the_other_way_round_is_the_mirror() -> None:
    mirror = {"only A": "only B", "only B": "only A", "changed": "changed"}
    there, back = rows("report.txt", "review.txt"), rows("review.txt", "report.txt")
    assert {(mirror[r[0]], r[2], r[4], r[3]) for r in there} == {(r[0], r[2], r[3], r[4]) for r in back}


def test_two_knowledge_bases() -> None:
    empty = str(workspace() / "empty")
    assert rows(str(kb()), str(kb())) == []
    found = json.loads(call("diff", empty, str(kb()), "--format", "json").stdout)
    assert {c["change"] for c in found} == {"only_b"}
    assert {c["kind"] for c in found} == {"figures", "relations", "ranks"}
    only = json.loads(call("diff", empty, str(kb()), "--only", "ranks", "--format", "json").stdout)
    assert len(only) == 7
    assert only[0]["b"]["ranking"] == "城市算力排行"


def test_forecasts_beside_what_came() -> None:
    for sides in ((), ("report.txt", "review.txt")):
        (row,) = rows("--forecasts", *sides)
        assert row[:6] == [
            "market size · AI servers · China · 2024",
            "6,100,000,000 USD (forecast)",
            "算力市场报告, 2020-12-01",
            "7,000,000,000 USD (actual)",
            "四年后的复盘, 2025",
            "-12.9%",
        ]
    assert rows("--forecasts", "review.txt", "report.txt") == []


def test_wrong_sides_are_named() -> None:
    assert "two sides" in call("diff", code=2).stderr
    assert "two sides" in call("diff", "report.txt", code=2).stderr
    assert "no such document" in call("diff", "report.txt", "none.txt", code=2).stderr


def test_a_directory_without_a_knowledge_base_is_no_side(tmp_path: Path) -> None:
    assert "no such document" in call("diff", str(tmp_path), "report.txt", code=2).stderr
