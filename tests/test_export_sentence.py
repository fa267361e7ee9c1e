"""The sentence that is shown around a quote."""

from __future__ import annotations

import pytest

from suantu.export.sentence import after, before


@pytest.mark.parametrize(
    ("text", "whole", "shown"),
    [
        ("前一句。云岭科技", False, "云岭科技"),
        ("“前一句。”云岭科技", False, "云岭科技"),
        ("One. Two said 1.5 ", False, "Two said 1.5 "),
        ("半句云岭科技", False, "…半句云岭科技"),
        ("半句云岭科技", True, "半句云岭科技"),
        ("# 标题\n\n云岭\n科技与 Acme\nCompute", True, "云岭科技与 Acme Compute"),
        ("| 甲 | 1 |\n| 乙 ", False, "| 乙 "),
        ("", True, ""),
    ],
)
def test_before(text: str, whole: bool, shown: str) -> None:
    assert before(text, whole=whole) == shown


@pytest.mark.parametrize(
    ("text", "whole", "shown"),
    [
        ("的份额为52%。后一句", False, "的份额为52%。"),
        ("，他说。”后一句", False, "，他说。”"),
        (" grew 1.5 percent. Then", False, " grew 1.5 percent."),
        ("没有完的", False, "没有完的…"),
        ("没有完的\n", True, "没有完的"),
        ("标题\n\n下一段", False, "标题"),
    ],
)
def test_after(text: str, whole: bool, shown: str) -> None:
    assert after(text, whole=whole) == shown
