"""A client of Greenroom for programs: asyncio, rooms that resume, messages that are sent once.

    async with greenroom_client.connect("https://chat.example", token) as client:
        room = await client.join("lobby", create=True)
        receipt = await room.send("hello")
        async for message in room.messages():
            print(message.author, message.text)
"""

from .client import Client, connect
from .effects import Receipt
from .entries import Entry, Message, Page, Position, Reaction, State
from .errors import Busy, Closed, Conflict, Forbidden, GreenroomError, Invalid, NotFound, SignedOut
from .events import (Acted, Anew, Changed, ClientEvent, Deleted, Gone, Marked, News, Offline, Online, Posted, Present, Refused,
                     RoomEvent, Typing)
from .over_http import log_in, register
from .room import Room
from .room_log import Missing

__all__ = ["Acted", "Anew", "Busy", "Changed", "Client", "ClientEvent", "Closed", "Conflict", "Deleted", "Entry", "Forbidden", "Gone",
           "GreenroomError", "Invalid", "Marked", "Message", "Missing", "News", "NotFound", "Offline", "Online", "Page", "Position", "Posted",
           "Present", "Reaction", "Receipt", "Refused", "Room", "RoomEvent", "SignedOut", "State", "Typing", "connect", "log_in",
           "register"]
__version__ = "0.1.0"
