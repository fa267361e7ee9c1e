"""What can go wrong, as one small tree.

SuantuError
├── InputError        a source cannot be read                    (exit 3)
├── OntologyError     the ontology folder does not hold together (exit 2)
│   └── RuleError     one rule: file, rule, reason
├── StoreError        the knowledge base is not one, or is busy  (exit 3)
├── QueryError        a query is refused: syntax, timeout        (exit 4)
│   └── LateError     its time was up
├── EndpointError     a remote endpoint failed                   (exit 5)
└── UsageError        an unknown thing, name or option           (exit 2)

Every message is one line that names what failed and the remedy; the command line maps each class to its exit code.
"""

from __future__ import annotations


class SuantuError(Exception):
    """The root; ``exit_code`` is what the command line returns."""

    exit_code = 1


class InputError(SuantuError):
    """A source cannot be read: missing, empty, binary, wrongly encoded."""

    exit_code = 3


class OntologyError(SuantuError):
    """The ontology folder does not hold together."""

    exit_code = 2


class RuleError(OntologyError):
    """A rule cannot be loaded, or fails its own example."""

    def __init__(self, file: str, rule: str, reason: str) -> None:
        self.file, self.rule, self.reason = file, rule, reason
        super().__init__(f"{file}: rule {rule}: {reason}")


class StoreError(SuantuError):
    """A knowledge base is missing, is not one, or is being written."""

    exit_code = 3


class QueryError(SuantuError):
    """A query is refused: its syntax, its service call, its time."""

    exit_code = 4


class LateError(QueryError):
    """A query was stopped because its time was up."""


class EndpointError(SuantuError):
    """A remote endpoint could not answer."""

    exit_code = 5


class UsageError(SuantuError):
    """An unknown thing, name or option."""

    exit_code = 2
