"""The simplest chat room on FastAPI and uvicorn, in the lines dialect: `SEND text` in, `FROM user text` out to all, the author
included. Keeps nothing."""
from fastapi import FastAPI, WebSocket, WebSocketDisconnect

app = FastAPI()
rooms: dict[str, set[WebSocket]] = {}


@app.websocket("/room/{room}")
async def talk(socket: WebSocket, room: str):
    await socket.accept()
    members = rooms.setdefault(room, set())
    members.add(socket)
    try:
        while True:
            said = await socket.receive_text()
            if not said.startswith("SEND "):
                continue
            frame = "FROM somebody " + said[5:]
            for member in list(members):
                try:
                    await member.send_text(frame)
                except Exception:  # one that goes away must not stop the others' copies
                    members.discard(member)
    except WebSocketDisconnect:
        pass
    finally:
        members.discard(socket)
        if not members:
            rooms.pop(room, None)
