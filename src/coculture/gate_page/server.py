"""A server of the gate page for one person on this computer, so that saving writes the gates file.

It listens on the loopback address only. Its address holds a random token; every other path, and
every request that names another host or comes from another page, is refused. Nothing but the pages
of the study and the four calls below is served:

| call | what it does |
|---|---|
| GET state | the gates file and its version |
| POST save | writes the gates file, if it is still the version that the page was opened with |
| POST run | runs the study |
| GET progress | how the run goes |
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from coculture.gate_page.saved_file import SavedFile
from coculture.gate_page.study_run import StudyRun

HOST = "127.0.0.1"
_LARGEST = 5_000_000
"""Bytes that may be sent: a gates file of 1,000 exceptions has 200,000."""
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


class GateServer(ThreadingHTTPServer):
    """Serves the pages of one study.

    Parameters
    ----------
    folder
        The study's results.
    names
        The pages in it that are served; the first is opened.
    file
        The gates file.
    run
        Runs the study.
    port
        0 takes a free one.
    """

    daemon_threads = True

    def __init__(
        self, folder: Path, names: Sequence[str], file: SavedFile, run: StudyRun, port: int = 0
    ) -> None:
        super().__init__((HOST, port), _Handler)
        self.folder = folder
        self.names = tuple(names)
        self.file = file
        self.run = run
        self.token = secrets.token_urlsafe(24)

    @property
    def hosts(self) -> tuple[str, ...]:
        """What a request may name as its host."""
        return tuple(f"{name}:{self.server_port}" for name in (HOST, "localhost"))

    @property
    def address(self) -> str:
        """Where the page is opened."""
        return f"http://{HOST}:{self.server_port}/{self.token}/{self.names[0]}"


class _Handler(BaseHTTPRequestHandler):
    server: GateServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self._asked()
        if name is None:
            return
        if name == "state":
            self._answer(HTTPStatus.OK, self.server.file.state())
        elif name == "progress":
            self._answer(HTTPStatus.OK, self.server.run.progress())
        elif name in self.server.names:
            self._send_page(name)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such page.")

    def do_POST(self) -> None:
        # The browser adds it to whatever a page sends, so that a foreign page cannot leave it out.
        name = self._asked(needs_origin=True)
        if name is None:
            return
        sent = self._sent()
        if sent is None:
            self._refuse(HTTPStatus.BAD_REQUEST, "What was sent is not JSON.")
        elif name == "save":
            refused = self.server.file.save(str(sent.get("version")), str(sent.get("text", "")))
            if refused is None:
                self._answer(HTTPStatus.OK, {"version": self.server.file.version})
            else:
                self._refuse(HTTPStatus.CONFLICT, refused)
        elif name == "run":
            refused = self.server.run.start()
            if refused is None:
                self._answer(HTTPStatus.OK, {})
            else:
                self._refuse(HTTPStatus.CONFLICT, refused)
        else:
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such call.")

    def _asked(self, needs_origin: bool = False) -> str | None:
        """The name below the token; None if the request was refused."""
        server = self.server
        hosts, origins = (self.headers.get_all(name, []) for name in ("Host", "Origin"))
        allowed = [f"http://{host}" for host in server.hosts]
        is_own = len(origins) <= 1 and all(one in allowed for one in origins)
        is_own &= bool(origins) or not needs_origin
        if len(hosts) != 1 or hosts[0] not in server.hosts or not is_own:
            self._refuse(HTTPStatus.FORBIDDEN, "This page is served to its own address only.")
            return None
        # Not `urlsplit`: a path that names a host, too, is none of ours.
        before, token, *rest = [*self.path.partition("?")[0].split("/", 2), "", ""]
        if before or not secrets.compare_digest(token.encode(), server.token.encode()):
            self._refuse(HTTPStatus.NOT_FOUND, "There is no such page.")
            return None
        return unquote(rest[0])

    def _sent(self) -> Mapping[str, Any] | None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal() or int(length[:20]) > _LARGEST:
            return None
        if self.headers.get_content_type() != "application/json":
            return None
        try:
            sent = json.loads(self.rfile.read(int(length)))
        except (ValueError, RecursionError):
            return None
        return sent if isinstance(sent, dict) else None

    def _send_page(self, name: str) -> None:
        try:
            content = (self.server.folder / name).read_bytes()
        except OSError:
            self._refuse(HTTPStatus.NOT_FOUND, "The page is not there now: a run is writing it.")
            return
        self._send(HTTPStatus.OK, "text/html; charset=utf-8", content)

    def _refuse(self, status: HTTPStatus, reason: str) -> None:
        # What was sent is not read, so nothing more can come on this connection.
        self.close_connection = True
        self._answer(status, {"reason": reason})

    def _answer(self, status: HTTPStatus, value: Mapping[str, Any]) -> None:
        content = json.dumps(value, ensure_ascii=False).encode()
        self._send(status, "application/json; charset=utf-8", content)

    def _send(self, status: HTTPStatus, kind: str, content: bytes) -> None:
        self.send_response(status)
        headers = {"Content-Type": kind, "Content-Length": str(len(content)), **_HEADERS}
        if self.close_connection:
            headers["Connection"] = "close"
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing: the terminal shows what the person should know."""
