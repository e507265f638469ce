"""What web/openapi.json and web/asyncapi.json describe, as a checker of what is asked, answered and said. It keeps what of them it
has seen: operations with their statuses, parameters, header fields, frames, and the place of every field."""

import json
import pathlib
import re
import urllib.parse
from types import SimpleNamespace

from schemas import Schema, look_up, pointer

WEB = pathlib.Path(__file__).resolve().parents[2] / "web"
METHODS = ("get", "put", "post", "delete", "patch")
# What an answer may say about any request, whatever it asks for, is seen once for all of them.
SHARED = {"408", "413", "415", "429", "500", "502", "503", "504"}
PREFIXES = {"gateway": ("",), "users": ("/users", ""), "chat": ("/chat", ""), "discovery": ("",)}


class Violation(AssertionError):
    """Something was asked, answered or said that the documents don't describe."""


def load(name):
    return json.loads((WEB / name).read_text())


class Answers:
    """The answers to one operation, by status."""

    def __init__(self, content, place, title):
        self.by_status, self.title = {}, title
        for status in look_up(content, place):
            at = place + pointer(status)
            shared = look_up(content, at).get("$ref")
            one = look_up(content, shared or at)
            at = shared or at
            headers = {}
            for name, header in one.get("headers", {}).items():
                where = header.get("$ref") or at + pointer("headers", name)
                headers[name] = SimpleNamespace(place=where, schema=Schema(content, where + "/schema"),
                                                required=look_up(content, where).get("required", False))
            bodies = {kind: SimpleNamespace(place=at + pointer("content", kind),
                                            schema=Schema(content, at + pointer("content", kind, "schema")))
                      for kind in one.get("content", {})}
            item = shared if shared and status in SHARED else f"{title} -> {status}"
            codes = set(re.findall(r"`(\w+)`", one["description"])) if "application/problem+json" in bodies else None
            self.by_status[status] = SimpleNamespace(item=item, headers=headers, bodies=bodies, codes=codes)

    def items(self):
        for answer in self.by_status.values():
            yield answer.item
            yield from (header.place for header in answer.headers.values())
            for body in answer.bodies.values():
                yield body.place
                yield from body.schema.fields

    def check(self, status, headers, body):
        """What is wrong, or None; and what was seen."""
        answer = self.by_status.get(str(status))
        if answer is None:
            return f"the status {status} isn't described", set()
        seen = {answer.item}
        for name, header in answer.headers.items():
            value = headers.get(name.lower())
            if value is None and header.required:
                return f"{status} has no {name}", seen
            if value is not None:
                typed = int(value) if value.isdigit() else value
                wrong = header.schema.check(typed, seen)
                if wrong:
                    return f"{status}'s {name} {wrong}", seen
                seen.add(header.place)
        return (self._check_body(status, answer, headers, body, seen) if body is not None else None), seen

    @staticmethod
    def _check_body(status, answer, headers, body, seen):
        kind = headers.get("content-type", "").partition(";")[0]
        if not answer.bodies or not kind:
            return f"{status} has a body, and none is described" if body and not answer.bodies else (
                f"{status} has no Content-Type" if answer.bodies else None)
        if kind not in answer.bodies:
            return f"{status} is {kind}, described are {', '.join(answer.bodies)}"
        try:
            value = json.loads(body) if kind.endswith("json") else body.decode()
        except ValueError as no_value:
            return f"{status}'s body is no {kind}: {no_value}"
        wrong = answer.bodies[kind].schema.check(value, seen)
        if wrong:
            return f"{status}'s body {wrong}"
        seen.add(answer.bodies[kind].place)
        if answer.codes is not None and value["code"] not in answer.codes:
            return f"{status} at /code: {value['code']!r} isn't among those that its description names"
        return None


class Operation:
    """One method of one path."""

    def __init__(self, content, path, method):
        item = content["paths"][path]
        at = "#" + pointer("paths", path, method)
        what = item[method]
        self.method, self.path, self.what = method.upper(), path, what
        self.title = f"{self.method} {path}"
        self.roles = {"gateway", "users", "chat", "discovery"} if "every role" in what["tags"] else set(what["tags"])
        if self.roles & {"users", "chat"}:
            self.roles.add("gateway")
        self.pattern = re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part)
                                          for part in re.split(r"(\{\w+\})", path)))
        self.answers = Answers(content, at + "/responses", self.title)
        self.parameters = {(one["in"], one["name"].lower()) for one in (*item.get("parameters", ()), *what.get("parameters", ()))
                           if one["in"] != "path"}
        self.tickets = any("ticket" in one for one in what["security"])
        self.needs_token = bool(what["security"]) and {} not in what["security"]
        body = what.get("requestBody")
        self.needs_body = bool(body and body.get("required"))
        self.body = Schema(content, at + "/requestBody/content/application~1json/schema") if body else None

    def items(self):
        yield from self.answers.items()
        yield from (f"{self.title} {where} {name}" for where, name in self.parameters)
        if self.body:
            yield from self.body.fields

    def check_request(self, query, headers, body, seen):
        asked = {name for name, _ in urllib.parse.parse_qsl(query, keep_blank_values=True)}
        has_ticket = self.tickets and "ticket" in asked
        unknown = sorted(name for name in asked if ("query", name) not in self.parameters and not (has_ticket and name == "ticket"))
        if unknown:
            return f"the query's {unknown[0]} isn't described"
        # A page's token is in a cookie: so the description of `bearer` says.
        if self.needs_token and not {"authorization", "cookie"} & set(headers) and not has_ticket:
            return "it was served without what `security` asks for"
        names = {("query", name) for name in asked} | {("header", name) for name in headers}
        seen |= {f"{self.title} {where} {name}" for where, name in names & self.parameters}
        if not body:
            return "no body, and one is required" if self.needs_body else None
        if self.body is None:
            return "a body, and none is described"
        wrong = self.body.check(json.loads(body), seen)
        return f"the body of the request {wrong}" if wrong else None


class Http:
    """openapi.json."""

    def __init__(self, content=None):
        content = content or load("openapi.json")
        self.operations = [Operation(content, path, method)
                           for path, item in content["paths"].items() for method in METHODS if method in item]
        # Literal paths before those with names.
        self.operations.sort(key=lambda one: [part.startswith("{") for part in one.path.split("/")])
        self.everywhere = Answers(content, "#/x-everywhere/responses", "any request")
        self.options = Answers(content, "#/x-everywhere/options", "OPTIONS")

    def items(self):
        for one in (*self.operations, self.everywhere, self.options):
            yield from one.items()

    def find(self, role, method, path):
        """The operation, or None. `role`: the one that is asked; None where that isn't known."""
        method = "GET" if method == "HEAD" else method
        fitting = [one for asked in ([role] if role else PREFIXES) for prefix in PREFIXES[asked] for one in self.operations
                   if asked in one.roles and one.method == method and one.pattern.fullmatch(prefix + path)]
        # Any path of one segment may be a file of the web client.
        return min(fitting, key=lambda one: one.path == "/{file}", default=None)

    def check(self, role, ask, status, headers, body):
        """What was seen. `ask` has method, target, headers, body, or is None for bytes that are no request; header names are
        small letters; `body` is None where it wasn't read. Raises Violation."""
        path, _, query = ask.target.partition("?") if ask else ("", "", "")
        name = f"{ask.method} {path} of {role or 'some role'}" if ask else "bytes that are no request"
        if ask and ask.method == "HEAD":
            body = None
        found = self.find(role, ask.method, urllib.parse.unquote(path)) if ask else None
        answers = self.options if ask and ask.method == "OPTIONS" else found.answers if found else self.everywhere
        if str(status) not in answers.by_status and status >= 400 and status not in (404, 405):
            answers = self.everywhere
        wrong, seen = answers.check(status, headers, body)
        if not wrong and found and not 400 <= status < 500 and ask.headers is not None:
            wrong = found.check_request(query, ask.headers, ask.body, seen)
        if wrong:
            raise Violation(f"{name}: openapi.json: {wrong}. {(body or b'')[:300]!r}")
        return seen


class Frames:
    """asyncapi.json. A frame's type says which message it is; lines are told apart by their first word."""

    def __init__(self, content=None):
        content = content or load("asyncapi.json")
        self.messages = {name: Schema(content, "#" + pointer("components", "messages", name, "payload"))
                         for name in content["components"]["messages"]}

    def items(self):
        for name, schema in self.messages.items():
            yield name
            yield from schema.fields

    def check(self, speaker, dialect, frame):
        """What was seen. `speaker` is client or server, `dialect` json or lines, `frame` a text. Raises Violation."""
        try:
            value = json.loads(frame) if dialect == "json" else frame
            word = value["type"] if dialect == "json" else frame.split(" ", 1)[0].lower()
            name = f"{speaker}_{word}" if dialect == "json" else f"lines_{word}"
            schema = self.messages[name]
        except (ValueError, TypeError, KeyError):
            raise Violation(f"asyncapi.json has no such frame of a {speaker} ({dialect}): {frame[:300]!r}") from None
        seen = {name}
        wrong = schema.check(value, seen)
        if wrong:
            raise Violation(f"asyncapi.json, {name} {wrong}. {frame[:300]!r}")
        return seen
