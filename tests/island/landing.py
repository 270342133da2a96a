"""Set the island up and run a command on it: ``python -m tests.island.landing``.

Arguments: a folder for its files, then the command. Runs in a namespace of its own.
"""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.island.names import (
    LIVE_4,
    LIVE_6,
    MOVED,
    PING_PONG,
    REFUSING_6,
    SECURE,
    SILENT_4,
    TWICE,
)
from worlds.certificate import write_certificate

SECRET = "Mật của máy này"
_SENTENCE = "Đây là một câu của bài viết, đủ dài để được giữ lại khi trích xuất. "
_PAGE = (
    "<html lang=vi><head><title>{title}</title>"
    '<meta property="article:published_time" content="2026-11-01T10:00:00+07:00">'
    "</head><body><article><h1>{title}</h1>{body}</article></body></html>"
)
_FEED = (
    '<rss version="2.0"><channel><title>Báo</title><item><title>Bài</title>'
    "<link>http://{host}/thoi-su/bai-20261101100000000.htm</link></item>{more}"
    "</channel></rss>"
)
_SECOND = (
    "<item><title>Bài</title>"
    "<link>https://{host}/thoi-su/bai-20261101100000000.htm</link></item>"
)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        host = self.headers["Host"]
        is_secure = isinstance(self.connection, ssl.SSLSocket)
        if host == PING_PONG or (host == MOVED and not is_secure):
            there = "http" if is_secure else "https"
            return self._redirect(f"{there}://{host}{self.path}")
        if self.path == "/robots.txt":
            return self._send("", "text/plain", 404)
        if self.path == "/rss":
            return self._send(_feed(host), "application/rss+xml")
        if self.path == "/":
            link = '<link rel="alternate" type="application/rss+xml" href="/rss">'
            return self._send(f"<html><head>{link}</head><body></body></html>")
        is_inner = self.client_address[0].startswith("127.")
        title = SECRET if is_inner else f"Bài của {host}"
        return self._send(_PAGE.format(title=title, body=_paragraphs()))

    def _redirect(self, target: str) -> None:
        self.send_response(302)
        self.send_header("Location", target)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, text: str, kind: str = "text/html", status: int = 200) -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


class _SixServer(ThreadingHTTPServer):
    address_family = socket.AF_INET6


def _feed(host: str) -> str:
    more = _SECOND.format(host=host) if host == TWICE else ""
    return _FEED.format(host=host, more=more)


def _paragraphs() -> str:
    return "".join(f"<p>{number}. {_SENTENCE * 4}</p>" for number in range(4))


def _prepare(folder: Path) -> None:
    """Bring up loopback with the public addresses, and name the DNS server."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for address in (LIVE_4, SILENT_4, LIVE_6, REFUSING_6):
        options = ("nodad",) if ":" in address else ()
        subprocess.run(
            ["ip", "addr", "add", address, "dev", "lo", *options], check=True
        )
    configured = folder / "resolv.conf"
    configured.write_text("nameserver 127.0.0.1\noptions attempts:1 timeout:2\n")
    subprocess.run(["mount", "--bind", str(configured), "/etc/resolv.conf"], check=True)


def _serve(certificate: Path) -> list[socket.socket]:
    for kind, address in (
        (ThreadingHTTPServer, LIVE_4),
        (ThreadingHTTPServer, "127.0.0.1"),
        (_SixServer, LIVE_6),
        (_SixServer, "::1"),
    ):
        server = kind((address, 80), _Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    _serve_secure(certificate)
    return _silent()


def _serve_secure(certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer((LIVE_4, 443), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()


def _silent() -> list[socket.socket]:
    """Listen at SILENT_4 with a full queue: the system drops what else comes."""
    listener = socket.create_server((SILENT_4, 80), backlog=0)
    waiting = [listener]
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex((SILENT_4, 80))
        waiting.append(client)
    return waiting


def main(folder: str, *command: str) -> int:
    _prepare(Path(folder))
    certificate = write_certificate(Path(folder), *SECURE)
    kept = _serve(certificate)
    environment = os.environ | {"SSL_CERT_FILE": str(certificate)}
    names = [sys.executable, "-m", "tests.island.names"]
    with subprocess.Popen(names, stdout=subprocess.PIPE) as server:
        server.stdout.readline()
        try:
            return subprocess.run(command, check=False, env=environment).returncode
        finally:
            server.kill()
            for each in kept:
                each.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
