"""What may be changed in a source file, one small change at a time.

`mutants(path, text)` yields a `Mutant` for each place where an operator applies. The source is read as text, not parsed:
clang-format's spacing tells a comparison from a template's bracket. A mutant that doesn't compile isn't counted.
"""

import re
from dataclasses import dataclass

CODE, COMMENT, STRING, DIRECTIVE = "code", "comment", "string", "directive"

_PARTS = re.compile(
    r'(?P<comment>//[^\n]*|/\*.*?\*/)'
    r'|(?P<directive>^[ \t]*#[^\n]*)'
    r'|(?P<string>R"(?P<tag>\w*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\')',
    re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Mutant:
    path: str
    operator: str
    start: int  # what stands there …
    end: int
    replacement: str  # … becomes this
    line: int
    before: str  # the line, stripped, without and with the change
    after: str

    def applied(self, text):
        return text[:self.start] + self.replacement + text[self.end:]

    def key(self):
        """Its name in the list of equivalents: without the line number, which moves."""
        return (self.path, self.before, self.after)


def masked(text, keep=CODE):
    """`text` with everything but `keep` (code or strings) as blanks, so that offsets stay."""
    out = []
    last = 0
    for part in _PARTS.finditer(text):
        kind = next(name for name in (COMMENT, DIRECTIVE, STRING) if part.group(name) is not None)
        out.append(_shown(text[last:part.start()], keep == CODE))
        # An apostrophe between digits separates them; it begins no character.
        out.append(_shown(part.group(), keep == kind))
        last = part.end()
    out.append(_shown(text[last:], keep == CODE))
    return "".join(out)


def _shown(part, visible):
    return part if visible else re.sub(r"[^\n]", " ", part)


# One operator is a name, a pattern over the masked text, and what each match becomes. A pattern marks what changes by
# the group `it`; the rest of it is context.
_SIMPLE = [
    ("comparison", r"(?<= )(?P<it>==)(?= )", ["!="]),
    ("comparison", r"(?<= )(?P<it>!=)(?= )", ["=="]),
    ("comparison", r"(?<= )(?P<it><=)(?= )", ["<"]),
    ("comparison", r"(?<= )(?P<it>>=)(?= )", [">"]),
    ("comparison", r"(?<= )(?P<it><)(?= )", ["<=", ">="]),
    ("comparison", r"(?<= )(?P<it>>)(?= )", [">=", "<="]),
    ("logic", r"(?<= )(?P<it>&&)(?= )", ["||"]),
    ("logic", r"(?<= )(?P<it>\|\|)(?= )", ["&&"]),
    ("logic", r"(?<=[ (])(?P<it>!)(?=[\w(*])", [""]),
    ("off by one", r"(?P<it>(?<=\w|\)) [+-] 1)(?![\w.'])", ["", " + 2", " - 2"]),
    ("off by one", r"(?<=[ (,{=])(?P<it>\b(?:[2-9]|[1-9]\d+)\b)(?=[;,)}: ])(?![.'])", [None]),
    ("step", r"(?P<it>\+\+)(?=\w)", ["--"]),
    ("result", r"(?<=return )(?P<it>true)(?=;)", ["false"]),
    ("result", r"(?<=return )(?P<it>false)(?=;)", ["true"]),
    ("extreme", r"(?<=std::)(?P<it>min)(?=\()", ["max"]),
    ("extreme", r"(?<=std::)(?P<it>max)(?=\()", ["min"]),
]
_CONDITION = re.compile(r"\b(?:if|while) \((?P<it>)")
_ARGUMENTS = re.compile(r"\w\((?P<it>(?P<a>[\w.\->:]+), (?P<b>[\w.\->:]+))(?=[,)])")
# The beginning of a statement that declares nothing and leaves nothing, after the end of another one.
_STATEMENT = re.compile(r"(?<=[;{})])[ \t]*\n[ \t]+(?P<it>(?!return|break|continue|throw|using|static|const|auto|case|default|"
                        r"else|if|for|while|switch|do|public|private|template|friend|co_|goto|typedef|struct|class|enum|"
                        r"namespace)(?:\+\+|--|\*)?\w[\w:]*(?:(?:\.|->)\w+|\[[^\n;]*?\])*(?= [+\-*/|&^]?= |\(|;))")
_CLAUSE = re.compile(r"(?P<it>\b(?:and|where) (?:(?!\band\b|\bor\b|\bwhere\b|\breturning\b|\border\b|\bgroup\b|\blimit\b|"
                     r"\bunion\b|\)|\").)+)")
# Statements without an effect in a correct program: checked invariants, and reserved memory.
_UNSEEN = re.compile(r"^[ \t]+(?:GREENROOM_CHECK|\w[\w.\->]*(?:\.|->)reserve)\([^;]*(?=;)", re.MULTILINE)


def mutants(path, text):
    code = _UNSEEN.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), masked(text))
    for operator, pattern, changes in _SIMPLE:
        for match in re.finditer(pattern, code):
            for change in changes:
                if change is None:
                    change = str(int(match.group("it")) + 1)
                if change.strip() != match.group("it").strip():
                    yield _mutant(path, text, operator, match.span("it"), change)
    for match in _CONDITION.finditer(code):
        end = _closing(code, match.end())
        if end is None or ";" in code[match.end():end]:
            continue
        for value in ("true", "false"):
            yield _mutant(path, text, "condition", (match.end(), end), value)
    for match in _ARGUMENTS.finditer(code):
        a, b = match.group("a"), match.group("b")
        # The greater one is the greater one, whichever comes first.
        if a != b and not code[:match.start() + 1].endswith(("std::max", "std::min")):
            yield _mutant(path, text, "arguments", match.span("it"), f"{b}, {a}")
    for match in _STATEMENT.finditer(code):
        end = _end_of_statement(code, match.end("it"))
        if end is not None:
            yield _mutant(path, text, "statement", (match.start("it"), end), ";")
    if "/soci/" in path:
        yield from _sql(path, text)


def _sql(path, text):
    strings = masked(text, keep=STRING)
    for match in _CLAUSE.finditer(strings):
        clause = match.group("it")
        if "=" not in clause and " is " not in clause and "<" not in clause and ">" not in clause:
            continue
        replacement = "where true " if clause.startswith("where") else ""
        yield _mutant(path, text, "clause", match.span("it"), replacement)
    for match in re.finditer(r"(?<=\w )(?P<it><=|>=|<|>)(?= [:\w$(])", strings):
        change = {"<=": "<", ">=": ">", "<": "<=", ">": ">="}[match.group("it")]
        yield _mutant(path, text, "comparison in SQL", match.span("it"), change)


def _closing(code, start):
    depth = 1
    for offset in range(start, min(len(code), start + 2000)):
        depth += {"(": 1, ")": -1}.get(code[offset], 0)
        if depth == 0:
            return offset
    return None


def _end_of_statement(code, start):
    """Behind the semicolon; None where a block begins first: then it was no statement, but a definition."""
    depth = 0
    for offset in range(start, min(len(code), start + 2000)):
        if depth == 0 and code[offset] == "{":
            return None
        if depth == 0 and code[offset] == ";":
            return offset + 1
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(code[offset], 0)
        if depth < 0:
            return None
    return None


def _mutant(path, text, operator, span, replacement):
    start, end = span
    line_start = text.rfind("\n", 0, start + (1 if text[start] == "\n" else 0)) + 1
    line_end = text.find("\n", end)
    line_end = len(text) if line_end < 0 else line_end
    squeeze = lambda part: re.sub(r"\s+", " ", part).strip()
    return Mutant(path, operator, start, end, replacement, text.count("\n", 0, start) + 1,
                  squeeze(text[line_start:line_end]),
                  squeeze(text[line_start:start] + replacement + text[end:line_end]))
