"""``suantu serve``: a SPARQL endpoint and a page to explore the graph."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import click

from suantu.cli.common import Session, common, timeout_option

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=7879, show_default=True, help="0 takes a free one.")
@timeout_option(60, "Stop a query after that time.")
@click.option("--jobs", "-j", type=click.IntRange(1, 256), default=None, metavar="N", help="Queries at once.")
@click.option("--ontology", type=click.Path(path_type=Path), help="The ontology folder with the named questions.")
@common(formats=("table",))
def command(session: Session, host: str, port: int, timeout: float, jobs: int | None, ontology: Path | None) -> None:
    """Serve the graph: a SPARQL 1.1 endpoint at /sparql, and a page to explore it at /.

    It only reads, refuses SERVICE, and asks nothing of any other host. A knowledge base that is built anew meanwhile
    is taken up at the next request. Listening at another address than this machine's own lets everyone there read the
    graph.

    \b
    Examples:
      suantu serve
      suantu serve --port 8000 --timeout 10
      curl --data-urlencode 'query=SELECT * { ?s st:makes ?o }' http://127.0.0.1:7879/sparql
    """
    import gc

    gc.enable()
    from suantu.errors import UsageError
    from suantu.paths import ontology_dir
    from suantu.server.app import App, Source
    from suantu.server.http import Server

    source = Source(None, session.endpoint) if session.url else Source(session.directory)
    names = (*_LOOPBACK, host.lower()) if host in _LOOPBACK else ()
    app = App(source, ontology or ontology_dir(), timeout=timeout, jobs=jobs or os.cpu_count() or 2, hosts=names)
    try:
        server = Server(host, port, app)
    except OSError as error:
        raise UsageError(f"cannot listen at {host}:{port}: {error.strerror or error}; give another --port") from None
    signal.signal(signal.SIGTERM, _interrupt)
    with server:
        session.note(session.say("serving", url=server.url))
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            session.note(session.say("served"))


def _interrupt(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt
