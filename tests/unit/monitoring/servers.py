"""Servers on loopback that take what alerts send: mail, and the APIs of two messengers."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage


class Mailbox:
    """What a mail server took; *refuses* is the answer to every message, "" for none."""

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuses = ""

    async def handle_DATA(  # noqa: N802  named by aiosmtpd
        self, server: object, session: object, envelope: Any
    ) -> str:
        if self.refuses:
            return self.refuses
        self.recipients += envelope.rcpt_tos
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(message)
        return "250 OK"


class _AnyPort(Controller):
    """A server at a port that is free; aiosmtpd asks for it before it says ready."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    box = Mailbox()
    controller = _AnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        yield box, controller.port
    finally:
        controller.stop()


def mail_url(port: int, login: str = "", more: str = "") -> str:
    """Return the URL by which apprise sends mail to the server at *port*."""
    return f"mailto://{login}127.0.0.1:{port}?from=b@bao.example&to=a@bao.example{more}"


@dataclass
class Api:
    """What was posted to a messenger: (path, fields); *answer* goes to every call."""

    base: str = ""
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answer: dict[str, Any] = field(default_factory=lambda: {"ok": True, "members": []})
    status: int = 200


@contextmanager
def api_server() -> Iterator[Api]:
    api = Api()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            is_json = "json" in self.headers["Content-Type"]
            fields = json.loads(body) if is_json else parse_qs(body)
            api.calls.append((self.path, fields))
            said = json.dumps(api.answer).encode()
            self.send_response(api.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    api.base = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield api
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
