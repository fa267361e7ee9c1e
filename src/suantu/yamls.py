"""Reads YAML as rules are written in it: a key that stands twice in one mapping is refused, where plain YAML would take
the last one without a word."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any


def parse(text: str) -> Any:  # noqa: ANN401 (whatever stands there)
    """What a YAML text holds; yaml.YAMLError with line and column where it is not valid or says a key twice."""
    import yaml

    return yaml.load(text, Loader=_loader())  # noqa: S506 (a safe loader)


@cache
def _loader() -> Any:  # noqa: ANN401 (the parser in C where there is one, which ships no types)
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        pass

    def mapping(loader: Any, node: Any) -> dict[Hashable, Any]:  # noqa: ANN401
        seen: set[Hashable] = set()
        for key, _ in node.value:
            name = loader.construct_object(key, deep=True)
            if name in seen and name != "<<":
                raise yaml.constructor.ConstructorError(
                    None, None, f"{name!r} stands twice in one mapping", key.start_mark
                )
            seen.add(name)
        loader.flatten_mapping(node)
        return {loader.construct_object(k, deep=True): loader.construct_object(v, deep=True) for k, v in node.value}

    Loader.add_constructor("tag:yaml.org,2002:map", mapping)
    return Loader
