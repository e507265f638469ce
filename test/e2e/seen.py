#!/usr/bin/python3
"""The last of the end-to-end tests: is everything that web/openapi.json and web/asyncapi.json describe seen by one of them?

    seen.py FOLDER TEST...     FOLDER: what witness.py kept; TEST: who must have run"""

import fnmatch
import json
import pathlib
import sys

from specification import Frames, Http

# Described, and seen by no end-to-end test, with the reason.
UNSEEN = {
    "* /chat/room/{room}* -> 410": "a room that is deleted while the act is on its way",
    "POST /chat/room/{room}/invites -> 409": "it takes a thousand of them",
    "#/paths/~1chat~1room~1{room}~1invites/post/responses/409/*": "the same",
    "#/components/responses/internal*": "a fault of the server's own: no test knows how to make one",
}


def unseen(folder, exempt=None):
    """What nobody saw, sorted; without what is exempt."""
    exempt = UNSEEN if exempt is None else exempt
    seen = set()
    for record in folder.glob("*.json"):
        seen.update(json.loads(record.read_text()))
    missing = set(Http().items()) | set(Frames().items())
    return sorted(item for item in missing - seen if not any(fnmatch.fnmatchcase(item, one) for one in exempt))


def main(folder, *tests):
    folder = pathlib.Path(folder)
    ran = {record.stem.rpartition("-")[0] for record in folder.glob("*.json")}
    absent = [test for test in tests if test not in ran]
    if absent:
        print("NOT CHECKED: whether all that is described was seen, for these tests didn't run to their end: " + ", ".join(absent))
        return 0
    missing = unseen(folder)
    for item in missing:
        print("described, and seen by no end-to-end test:", item)
    for item, why in UNSEEN.items():
        print(f"not asked for: {item}: {why}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
