"""What every command shares: its options, and the session that opens the graph and prints results."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, update_wrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from suantu.cli.messages import say
from suantu.errors import UsageError

if TYPE_CHECKING:
    from suantu.search import Index
    from suantu.stores.base import Endpoint
    from suantu.stores.kb import KnowledgeBase

FORMATS = ("table", "tsv", "csv", "json")
Command = Callable[..., Any]


class Session:
    """One call of a command: where the graph is, the language, and how results are shown."""

    def __init__(self, kb: str, endpoint: str, language: str | None, form: str, quiet: bool) -> None:
        self.directory, self.url, self.form, self.quiet = Path(kb), endpoint, form, quiet
        self.language = language or _locale_language()
        self.allow_service, self.inferred = False, True
        self._close: list[Callable[[], None]] = []

    @cached_property
    def kb(self) -> KnowledgeBase:
        """The knowledge base on disk; UsageError where a remote endpoint was named instead."""
        if self.url:
            raise UsageError("this needs a knowledge base on disk: give --kb DIR in place of --endpoint")
        from suantu.stores.kb import KnowledgeBase

        opened = KnowledgeBase.open(self.directory)
        self._close.append(opened.close)
        return opened

    @cached_property
    def endpoint(self) -> Endpoint:
        """The graph to ask: the remote service if one was named, else the knowledge base."""
        if not self.url:
            local = self.kb.endpoint(allow_service=self.allow_service, inferred=self.inferred)
            self._close.append(local.close)
            return local
        from suantu.stores.remote import RemoteEndpoint

        opened = RemoteEndpoint(self.url)
        self._close.append(opened.close)
        return opened

    @property
    def lexicon(self) -> Path:
        """The user's own words beside the knowledge base."""
        return self.directory / "lexicon"

    @property
    def terminal(self) -> bool:
        """Whether a person reads stdout."""
        return sys.stdout.isatty()

    def say(self, key: str, **values: object) -> str:
        """A text of the command line in the session's language."""
        return say(key, self.language, **values)

    def note(self, text: str) -> None:
        """A remark on stderr, unless --quiet."""
        if not self.quiet:
            from suantu.table import visible

            click.echo(visible(text), err=True)

    def labels(self, iris: Iterable[str]) -> dict[str, str]:
        """Labels in the session's language."""
        from suantu.names import labels

        return labels(self.endpoint, [i for i in iris if i], self.language)

    def thing(self, name: str) -> str:
        """The IRI of what the user calls ``name``; on a terminal a choice is offered where several things fit."""
        from suantu.names import AmbiguousNameError, resolve

        try:
            return resolve(self.endpoint, name, self.language, None if self.url else self._names)
        except AmbiguousNameError as error:
            if not (sys.stdin.isatty() and sys.stderr.isatty()):
                raise
            return _choose(self, error)

    def _names(self) -> Index:
        from suantu.search import index_of

        return index_of(self.kb, self.endpoint, pinyin=False)

    def cls(self, name: str) -> str:
        """The IRI of a class."""
        from suantu.names import resolve_class

        return resolve_class(self.endpoint, name)

    def rows(
        self, header: Sequence[str], rows: Iterable[Sequence[str]], records: list[dict[str, Any]] | None = None
    ) -> None:
        """Print a table in the format asked for; ``records`` are the rows for JSON where they say more."""
        from suantu.cli.output import write_rows

        write_rows(self, header, [list(row) for row in rows], records)

    def on_close(self, *close: Callable[[], None]) -> None:
        """What else to close at the end."""
        self._close.extend(close)

    def close(self) -> None:
        """Close what was opened."""
        for close in self._close:
            close()


def _choose(session: Session, error: Any) -> str:  # noqa: ANN401 - AmbiguousNameError, imported late
    from suantu.query import readable
    from suantu.table import visible

    click.echo(session.say("which", name=visible(error.name)), err=True)
    for number, candidate in enumerate(error.candidates, 1):
        text = visible(f"  {number}  {candidate.cls}:{candidate.label}  {readable(candidate.iri)}")
        click.echo(text, err=True)
    number = click.prompt("#", type=click.IntRange(1, len(error.candidates)), err=True)
    return str(error.candidates[number - 1].iri)


def _locale_language() -> str:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def _debug(ctx: click.Context, _param: click.Parameter, value: bool) -> bool:
    ctx.meta["suantu.debug"] = value
    return value


def _given(option: str) -> bool:
    source = click.get_current_context().get_parameter_source(option)
    return source is click.core.ParameterSource.COMMANDLINE


def common(*, formats: Sequence[str] = FORMATS, remote: bool = True) -> Callable[[Command], Command]:
    """Adds the options of every command; the function gets a ``Session`` as its first argument."""

    def decorate(function: Command) -> Command:
        def run(
            *args: object,
            kb: str,
            lang: str | None,
            format_: str,
            quiet: bool,
            debug: bool,
            endpoint: str = "",
            **rest: object,
        ) -> object:
            if endpoint and _given("kb") and not _given("endpoint"):
                endpoint = ""  # what is written on the line says more than what stands in the environment
            session = Session(kb, endpoint, lang, format_, quiet)
            try:
                return function(session, *args, **rest)
            finally:
                session.close()

        wrapped: Command = update_wrapper(run, function)
        for option in reversed(_options(formats, remote)):
            wrapped = option(wrapped)
        return wrapped

    return decorate


def _options(formats: Sequence[str], remote: bool) -> list[Callable[[Command], Command]]:
    options: list[Callable[[Command], Command]] = [
        click.option(
            "--kb",
            envvar="SUANTU_KB",
            default="kb",
            metavar="DIR",
            help="The knowledge base.  [env: SUANTU_KB; default: ./kb]",
        ),
        click.option(
            "--lang", type=click.Choice(["zh", "en"]), help="Language of labels and words.  [default: the locale's]"
        ),
        click.option(
            "--format",
            "format_",
            type=click.Choice(list(formats)),
            default=formats[0],
            help=f"How results are written.  [default: {formats[0]}]",
        ),
        click.option("--quiet", "-q", is_flag=True, help="No remarks on stderr."),
        click.option("--debug", is_flag=True, callback=_debug, is_eager=True, help="Show where an error comes from."),
    ]
    if remote:
        options.insert(
            1,
            click.option(
                "--endpoint",
                envvar="SUANTU_ENDPOINT",
                default="",
                metavar="URL",
                help="A SPARQL service in place of --kb.  [env: SUANTU_ENDPOINT]",
            ),
        )
    return options


def timeout_option(seconds: float, help_text: str) -> Callable[[Command], Command]:
    """How long a query or a request may take."""
    return click.option(
        "--timeout",
        type=click.FloatRange(0.01),
        default=float(seconds),
        show_default=True,
        metavar="SECONDS",
        help=help_text,
    )
