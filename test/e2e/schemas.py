"""A JSON document with schemas (draft 2020-12) in it: are values as it describes them, and which of its fields do they show?"""

import re

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import best_match

PLACES = "x-places"  # beside the properties of an expanded schema: where each is defined
FORMATS = FormatChecker(formats=())
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")


@FORMATS.checks("date-time")
def _is_time(value):
    return not isinstance(value, str) or TIME.fullmatch(value) is not None


def look_up(content, pointer):
    """What stands at a pointer like `#/components/schemas/room`."""
    for step in pointer.removeprefix("#/").split("/"):
        content = content[step.replace("~1", "/").replace("~0", "~")]
    return content


def pointer(*steps):
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class Schema:
    """One schema of the document, its references followed. `fields`: where every field of it is described."""

    def __init__(self, content, place):
        self.fields = set()
        self._whole = self._expanded(content, look_up(content, place), place)
        self._validators = {}

    def _expanded(self, content, at, place):
        if isinstance(at, list):
            return [self._expanded(content, one, place + pointer(n)) for n, one in enumerate(at)]
        if not isinstance(at, dict):
            return at
        if "$ref" in at:
            beside = {name: value for name, value in at.items() if name != "$ref"}
            return {**self._expanded(content, look_up(content, at["$ref"]), at["$ref"]), **beside}
        out = {}
        for name, value in at.items():
            if name == "properties":
                places = {field: place + pointer("properties", field) for field in value}
                self.fields |= set(places.values())
                out[PLACES] = places
                out[name] = {field: self._expanded(content, one, places[field]) for field, one in value.items()}
            else:
                out[name] = self._expanded(content, value, place + pointer(name))
        return out

    def _validator(self, part):
        found = self._validators.get(id(part))
        if found is None:
            found = self._validators[id(part)] = Draft202012Validator(part, format_checker=FORMATS)
        return found

    def check(self, value, seen):
        """What is wrong with the value, with a JSON pointer into it; None where it is as described, and then `seen` has the
        places of its fields. A field that no schema describes is wrong, though clients have to ignore it."""
        wrong = best_match(self._validator(self._whole).iter_errors(value))
        if wrong is not None:
            return f"at {pointer(*wrong.absolute_path) or '/'}: {wrong.message[:300]}"
        fields = set()
        unknown = self._walk(self._whole, value, "", fields)
        if unknown:
            return f"at {unknown}: no schema describes this field"
        seen |= fields
        return None

    def _parts(self, schema, value):
        """The schemas that hold for the value together."""
        yield schema
        for one in schema.get("allOf", ()):
            yield from self._parts(one, value)
        for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
            if self._validator(one).is_valid(value):
                yield from self._parts(one, value)

    def _walk(self, schema, value, at, fields):
        """The pointer of the first field that isn't described, or None."""
        parts = list(self._parts(schema, value))
        if isinstance(value, list):
            inner = [(n, one, part["items"]) for part in parts if "items" in part for n, one in enumerate(value)]
        elif isinstance(value, dict):
            if not any("properties" in part or "additionalProperties" in part for part in parts):
                return None  # an object of any fields
            inner = []
            for name, one in value.items():
                known = list(self._fields_of(parts, name, fields))
                if not known:
                    return at + pointer(name)
                inner += [(name, one, each) for each in known]
        else:
            return None
        return next((found for name, one, part in inner
                     if (found := self._walk(part, one, at + pointer(name), fields))), None)

    @staticmethod
    def _fields_of(parts, name, fields):
        for part in parts:
            if name in part.get("properties", ()):
                fields.add(part[PLACES][name])
                yield part["properties"][name]
            elif isinstance(part.get("additionalProperties"), dict):
                yield part["additionalProperties"]
