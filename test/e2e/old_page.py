"""A gateway with another page: files of a folder where it has them, and everything else from the gateway behind it."""

import mimetypes
import pathlib
import socket
import socketserver
import threading
import urllib.parse

mimetypes.add_type("text/javascript", ".js")


class OldPage:
    """`url` is the page's address until `close`. `gateway_url`: where the rest goes."""

    def __init__(self, folder, gateway_url):
        self._files = {f"/{file.name}": file for file in pathlib.Path(folder).iterdir()}
        self._files["/"] = self._files["/index.html"]
        address = urllib.parse.urlsplit(gateway_url)
        self._gateway = (address.hostname, address.port)
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                outer._answer(self.request)

        class Listener(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True
            request_queue_size = 64

        self._listener = Listener(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._listener.server_address[1]}"
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()

    def close(self):
        self._listener.shutdown()
        self._listener.server_close()

    def _answer(self, client):
        """One request per connection, unless it becomes a websocket."""
        head, _, rest = self._head(client).partition(b"\r\n\r\n")
        words = head.split(b" ", 2)
        file = self._files.get(words[1].decode().partition("?")[0]) if len(words) == 3 and words[0] == b"GET" else None
        if file:
            body = file.read_bytes()
            kind = mimetypes.guess_type(file.name)[0]
            client.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                           "Cache-Control: no-store\r\nConnection: close\r\n\r\n".encode() + body)
        elif head:
            self._pass_on(client, head, rest)

    @staticmethod
    def _head(client):
        got = b""
        while b"\r\n\r\n" not in got:
            more = client.recv(65536)
            if not more:
                return b""
            got += more
        return got

    def _pass_on(self, client, head, rest):
        lines = head.split(b"\r\n")
        if not any(line.lower().startswith(b"upgrade:") for line in lines):
            lines = [line for line in lines if not line.lower().startswith(b"connection:")] + [b"Connection: close"]
        with socket.create_connection(self._gateway) as gateway:
            gateway.sendall(b"\r\n".join(lines) + b"\r\n\r\n" + rest)
            back = threading.Thread(target=self._pump, args=(gateway, client), daemon=True)
            back.start()
            self._pump(client, gateway)
            back.join()

    @staticmethod
    def _pump(source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # whoever is left sees its own end
