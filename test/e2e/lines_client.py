"""A client of other people's making, which speaks the seed's dialect: python3-websockets."""

import asyncio
import threading

import websockets

from browser_page import PATIENCE


class LinesClient:
    """The seed's client: `SEND text` out, `FROM user text` in, on a thread of its own."""

    def __init__(self, url):
        self.heard = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._socket = self._run(self._open(url))
        self._reader = asyncio.run_coroutine_threadsafe(self._read(), self._loop)

    def send(self, text):
        self._run(self._socket.send("SEND " + text))

    def close(self):
        self._run(self._socket.close())
        self._reader.result(PATIENCE)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    @staticmethod
    async def _open(url):
        return await websockets.connect(url, open_timeout=PATIENCE, compression=None)

    async def _read(self):
        async for frame in self._socket:
            _, user, text = frame.split(" ", 2)
            self.heard.append((user, text))
