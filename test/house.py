#!/usr/bin/env python3
"""Holds the tree to the house's table: includes, a README in every folder, no file too long, no comment that begins bare.

house.py ROOT        checks the tree at ROOT, prints every violation, exits 1 if there is one
house.py --self-test checks made-up trees and fails unless each violation in them is found
"""

import re
import sys
import tempfile
from pathlib import Path

# The includes of a folder: folders, or single headers, on the right. The folder itself is always allowed.
MAY_INCLUDE = {
    "core": [],
    "telemetry": ["core/text.hpp"],
    "protocol": ["core"],
    "storage": ["core", "telemetry"],
    "net": ["core", "telemetry"],
    "actors": ["core", "telemetry", "protocol",
               "storage/account_store.hpp", "storage/room_store.hpp", "storage/journal_store.hpp",
               "storage/follower_store.hpp"],
    "users": ["core", "telemetry", "protocol", "net", "actors", "storage/open.hpp"],
    "edge": ["core", "telemetry", "protocol", "net", "actors"],
    "chat": ["core", "telemetry", "protocol", "net", "actors", "edge", "storage/open.hpp"],
    "gateway": ["core", "telemetry", "protocol", "net", "actors", "edge"],
    "discovery": ["core", "telemetry", "protocol", "net", "actors"],
    "app": ["core", "telemetry", "protocol", "storage", "net", "actors", "edge", "users", "chat", "gateway",
            "discovery"],
}
EVERYTHING = sorted(MAY_INCLUDE)

# More for one part of a folder.
MAY_ALSO_INCLUDE = {
    "net/http": ["protocol"],
}

# Parts of a folder that only one file outside of them includes (and tests of the folder).
PRIVATE_PARTS = {
    "storage/memory": "storage/open",
    "storage/soci": "storage/open",
}

# Parts of a folder that are built on the rest of it: the rest doesn't include them.
PARTS_ON_TOP = ["protocol/irc"]

# Third parties: the include's beginning, its name, and the folders or files that may use it. The roles stand on net and
# actors, and so may name the types of Asio and CAF core.
THIRD_PARTIES = [
    (r"spdlog/|fmt/", "spdlog", ["telemetry"]),
    (r"prometheus/", "prometheus-cpp", ["telemetry"]),
    (r"nlohmann/", "nlohmann/json", ["protocol"]),
    (r"soci/|libpq|sqlite3\.h|postgresql/", "SOCI", ["storage/soci"]),
    (r"boost/|openssl/", "Boost and OpenSSL", ["net", "edge", "users", "chat", "gateway", "discovery", "app"]),
    (r"caf/io/|caf/openssl/", "CAF io", ["discovery/scribe", "discovery/link_scribe"]),
    (r"caf/", "CAF core", ["actors", "edge", "users", "chat", "gateway", "discovery", "app"]),
    (r"sodium", "libsodium", ["actors/secrets", "users/passwords", "storage/name_hash"]),
    (r"utf8proc", "utf8proc", ["core/opaque_string"]),
    (r"CLI/", "CLI11", ["app"]),
    (r"toml\+\+/", "toml++", ["app/config_file"]),
]
# The tests and benchmarks may use these besides.
TEST_THIRD_PARTIES = r"gtest/|gmock/|benchmark/"

FREE = ["bench", "test/fuzz", "test/e2e", "test/chaos", "test/support", "test/cluster", "test/simulation"]
NEED_README = [*MAY_INCLUDE, *PARTS_ON_TOP, "bench", "test"]
MAX_README_LINES = 10
MAX_LINES = 500
OURS = {".hpp", ".cpp", ".py", ".js", ".mjs", ".css", ".html", ".cmake", ".sql", ".sh"}
SKIPPED = {"build", ".git", "data", "__pycache__", "node_modules"}

# A sentence of a comment that begins with one of these lacks a noun as its subject.
BARE = re.compile(r"(?:^|[.?!] +)(?:Who|Whom|Whoever|What|Whatever)\b")
COMMENT = re.compile(r'^(?:[^"\n]|"(?:[^"\\\n]|\\.)*")*?///?<? ?(.*)$', re.MULTILINE)

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def is_within(path, part):
    """Whether path is the folder, the header, or the .hpp/.cpp pair that part names."""
    return path == part or path.startswith(part + "/") or re.sub(r"\.[hc]pp$", "", path) == part


def allowed_folders(path):
    """The parts that the file at path may include, or None where it may include all."""
    if any(is_within(path, free) for free in FREE):
        return None
    folder = path.split("/")[0]
    if folder == "test":
        inside = "/".join(path.split("/")[1:])
        folder = inside.split("/")[0]
        if folder not in MAY_INCLUDE:
            return ["test/" + folder, "test/support"]
        allowed = allowed_folders(inside) + ["test/" + folder, "test/support"]
        # Where a folder may include single headers of the stores, its tests may open a store.
        return allowed + ["storage/open.hpp"] if folder == "actors" else allowed
    allowed = [folder, *MAY_INCLUDE.get(folder, EVERYTHING)]
    for part, more in MAY_ALSO_INCLUDE.items():
        if is_within(path, part):
            allowed += more
    return allowed


def check_own_include(path, target):
    for part, keeper in PRIVATE_PARTS.items():
        folder = part.split("/")[0]
        inside = is_within(path, part) or is_within(path, "test/" + folder) or is_within(path, keeper)
        if is_within(target, part) and not inside and not any(is_within(path, free) for free in FREE):
            return f"only {keeper} includes {part}/"
    for part in PARTS_ON_TOP:
        if is_within(target, part) and path.startswith(part.split("/")[0] + "/") and not is_within(path, part):
            return f"{part}/ is built on the rest of its folder"
    allowed = allowed_folders(path)
    if allowed is None or any(is_within(target, part) for part in allowed):
        return None
    return "the table allows " + ", ".join(allowed)


def check_promises(path, text):
    """An actor with two tables of promises numbers its askers twice: an answer may then reach the wrong one."""
    if path.startswith("actors/") and len(re.findall(r"^\s*promises<.*>\s+\w+;", text, re.MULTILINE)) > 1:
        return "one promises<...> per actor, for all kinds of answers"
    return None


def check_comments(path, text):
    if path.startswith(("test/", "bench/")):
        return
    for found in COMMENT.finditer(text):
        if BARE.search(found[1]):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{path}:{line}: a sentence that begins with a bare who or what: {found[1]}"


def check_third_party(path, target):
    tested = path.startswith(("test/", "bench/"))
    if tested or re.match(TEST_THIRD_PARTIES, target):
        # Tests use what they test with; but GoogleTest stays out of the product.
        return None if tested else "test libraries stay in test/ and bench/"
    for pattern, name, users in THIRD_PARTIES:
        if re.match(pattern, target):
            if any(is_within(path, user) for user in users):
                return None
            return f"{name} is for {', '.join(users)}"
    if "/" in target and not target.startswith(("sys/", "netinet/", "arpa/", "net/")):
        return "an unknown third party"
    return None


def check_includes(path, text):
    for own, third in INCLUDE.findall(text):
        target = own or third
        if own and "/" not in own:
            yield f'{path}: "{own}": includes are written from the root'
            continue
        why = check_own_include(path, own) if own else check_third_party(path, third)
        if why:
            yield f"{path}: includes {target}, but {why}"


def check(root):
    root = Path(root)
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        if not file.is_file() or file.suffix not in OURS or SKIPPED & set(path.split("/")[:-1]):
            continue
        text = file.read_text(encoding="utf-8")
        lines = text.count("\n")
        if lines > MAX_LINES:
            yield f"{path}: {lines} lines, more than {MAX_LINES}: a file that does two things is two files"
        known = path.split("/")[0] in (*MAY_INCLUDE, "test", "bench")
        if file.suffix in (".hpp", ".cpp") and known:
            yield from check_includes(path, text)
            yield from check_comments(path, text)
        if why := check_promises(path, text):
            yield f"{path}: {why}"
    for folder in NEED_README:
        if not any(file.suffix in OURS for file in (root / folder).rglob("*")):
            continue
        readme = root / folder / "README.md"
        if not readme.is_file():
            yield f"{folder}/: no README.md"
        elif readme.read_text(encoding="utf-8").count("\n") > MAX_README_LINES:
            yield f"{folder}/README.md: more than {MAX_README_LINES} lines"


# Made-up files, and a word of the complaint that each must cause (None: no complaint).
SELF_TEST = [
    ("core/room.hpp", '#include "telemetry/log.hpp"', "table allows core"),
    ("core/room.cpp", '#include <spdlog/spdlog.h>', "spdlog is for"),
    ("core/room.cpp", '#include "core/room.hpp"\n#include <vector>\n#include <sys/socket.h>', None),
    ("core/room.cpp", '#include "room.hpp"', "from the root"),
    ("core/room.cpp", '#include <absl/strings/str_cat.h>', "unknown third party"),
    ("core/room.cpp", '#include <gtest/gtest.h>', "test libraries"),
    ("telemetry/log.cpp", '#include "core/text.hpp"', None),
    ("telemetry/log.cpp", '#include "core/ids.hpp"', "table allows telemetry"),
    ("net/hub.cpp", '#include "protocol/problem.hpp"', "table allows net"),
    ("net/http/routes.cpp", '#include "protocol/problem.hpp"', None),
    ("net/hub.cpp", '#include "actors/ask.hpp"', "table allows net"),
    ("actors/room_actor.cpp", '#include "net/hub.hpp"', "table allows actors"),
    ("protocol/dialect.cpp", '#include "protocol/irc/line.hpp"', "is built on the rest"),
    ("edge/edge.cpp", '#include "protocol/irc/line.hpp"', None),
    ("test/protocol/irc/line_test.cpp", '#include "protocol/irc/line.hpp"', None),
    ("actors/accounts_actor.hpp", '#include "storage/account_store.hpp"', None),
    ("actors/accounts_actor.cpp", '#include "storage/open.hpp"', "table allows actors"),
    ("actors/room_actor.cpp", '#include <sodium.h>', "libsodium is for"),
    ("actors/secrets.cpp", '#include <sodium.h>', None),
    ("core/names.cpp", '#include <utf8proc.h>', "utf8proc is for"),
    ("core/opaque_string.cpp", '#include <utf8proc.h>', None),
    ("chat/role.cpp", '#include "users/role.hpp"', "table allows chat"),
    ("users/role.cpp", '#include "storage/open.hpp"', None),
    ("users/role.cpp", '#include "storage/soci/database.hpp"', "only storage/open"),
    ("storage/room_store.cpp", '#include "storage/memory/room_store.hpp"', "only storage/open"),
    ("storage/open.cpp", '#include "storage/soci/database.hpp"\n#include "storage/memory/room_store.hpp"', None),
    ("storage/soci/database.cpp", '#include <soci/soci.h>\n#include <libpq-fe.h>', None),
    ("storage/open.cpp", '#include <soci/soci.h>', "SOCI is for"),
    ("discovery/role.cpp", '#include <caf/io/all.hpp>', "CAF io is for"),
    ("test/core/room_test.cpp", '#include "core/room.hpp"\n#include "test/support/clock.hpp"\n#include <gtest/gtest.h>',
     None),
    ("test/core/room_test.cpp", '#include "net/hub.hpp"', "table allows core"),
    ("test/storage/contract_test.cpp", '#include "storage/memory/room_store.hpp"', None),
    ("test/fuzz/line_fuzz.cpp", '#include "net/http/request_policy.hpp"', None),
    ("app/main.cpp", '#include "chat/role.hpp"\n#include <CLI/CLI.hpp>', None),
    ("actors/door_actor.hpp", "  promises<admitted> admissions;\n  promises<ticket_minted> mintings;", "one promises"),
    ("actors/door_actor.hpp", "  promises<admitted, ticket_minted> askers;", None),
    ("core/room.hpp", "int a;\n/// What a room has.\nint b;", "core/room.hpp:2: a sentence that begins with a bare"),
    ("core/room.hpp", "/// Joins a room. Whoever asks is answered.", "a bare who"),
    ("core/room.cpp", "int a;  // Who asks.", "a bare who"),
    ("core/room.cpp", "/// The members of a room, and what they are.\n// a comment\n", None),
    ("core/room.cpp", 'auto a = "http:// What?";', None),
    ("test/core/room_test.cpp", "// What a room does.", None),
    ("core/long.cpp", "\n" * (MAX_LINES + 1), "lines, more than"),
]


def self_test():
    failures = 0
    for path, text, expected in SELF_TEST:
        with tempfile.TemporaryDirectory() as made_up:
            folder = Path(made_up) / path.split("/")[0]
            folder.mkdir()
            (folder / "README.md").write_text("what belongs here\n")
            (Path(made_up) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(made_up) / path).write_text(text + "\n")
            found = list(check(made_up))
        good = not found if expected is None else len(found) == 1 and expected in found[0]
        if not good:
            failures += 1
            print(f"{path} with {text.strip()!r}: expected {expected!r}, got {found}")
    with tempfile.TemporaryDirectory() as made_up:
        (Path(made_up) / "core").mkdir()
        (Path(made_up) / "core/ids.hpp").write_text("#pragma once\n")
        missing = list(check(made_up))
        (Path(made_up) / "core/README.md").write_text("line\n" * (MAX_README_LINES + 1))
        too_long = list(check(made_up))
    if missing != ["core/: no README.md"] or len(too_long) != 1 or "more than" not in too_long[0]:
        failures += 1
        print(f"README: {missing}, {too_long}")
    print(f"{len(SELF_TEST) + 1} made-up trees, {failures} judged wrongly")
    return failures


def main(arguments):
    if arguments == ["--self-test"]:
        return 1 if self_test() else 0
    if len(arguments) != 1:
        print(__doc__)
        return 2
    violations = list(check(arguments[0]))
    for violation in violations:
        print(violation)
    print(f"{len(violations)} violations")
    return 1 if violations else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
