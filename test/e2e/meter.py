"""A wire between a browser and a gateway that counts: what was asked for, and how many bytes came back."""

import re
import socket
import threading
import urllib.parse

REQUEST = re.compile(rb"(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (\S+) HTTP/1\.1\r\n")


class Meter:
    """`url` is the gateway's address through the meter, until `close`."""

    def __init__(self, gateway_url):
        at = urllib.parse.urlsplit(gateway_url)
        self._gateway = (at.hostname, at.port)
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.start()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        self._listener.close()

    def start(self):
        """Counts from nothing."""
        with self._lock:
            self.asked, self._received = [], {}

    def files(self):
        """The paths that were asked for, but those of the API."""
        with self._lock:
            return [path for path in self.asked if not path.startswith(("/users/", "/chat/", "/operations/"))]

    def received(self, paths):
        """How many bytes came back for these paths, with the heads of the answers."""
        with self._lock:
            return sum(self._received.get(path, 0) for path in paths)

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._gateway, 5)
            except OSError:
                client.close()
                continue
            threading.Thread(target=self._both_ways, args=(client, server), daemon=True).start()

    def _both_ways(self, client, server):
        # A browser asks for the next thing on a connection once it has the last one.
        last = [None]
        back = threading.Thread(target=self._pass_on, args=(server, client, lambda data: self._answer(last[0], data)), daemon=True)
        back.start()
        self._pass_on(client, server, lambda data: self._ask(last, data))
        back.join()
        client.close()
        server.close()

    def _ask(self, last, data):
        paths = [path.decode() for path in REQUEST.findall(data)]
        with self._lock:
            self.asked += paths
        if paths:
            last[0] = paths[-1]

    def _answer(self, path, data):
        with self._lock:
            self._received[path] = self._received.get(path, 0) + len(data)

    @staticmethod
    def _pass_on(source, to, count):
        try:
            while data := source.recv(65536):
                count(data)
                to.sendall(data)
        except OSError:
            pass
        for end in (source, to):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
