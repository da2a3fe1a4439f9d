#!/usr/bin/env -S python3 -B
"""Finds the co_await statements that g++ 12 miscompiles: name it, then move it.

    await.py FILE...      exit 1 if any statement of the files is refused
    await.py --root ROOT  all sources of the tree
    await.py --self-test  the samples in await_samples.txt

Seen with g++ 12.2 at -O0 and -O2, each a double free, a use after free or a coroutine that never
returns, whichever side of the co_await the offending part stands on:

  braces     an aggregate, an initializer list or a lambda built in a statement that awaits
  ?:         a class-typed conditional in a statement that awaits
  condition  an if, while or switch that awaits without naming what it got, in a coroutine without
             locals; write `if (auto done = co_await f(); !done)`

The rule is a little stricter than the compiler's fault, so that it can be kept without thinking:
`std::string r{co_await f()}` would be fine, and so would `co_await f(b ? 1 : 2)`.
"""

import pathlib
import re
import sys

import sources

OPENING, CLOSING = "([{", ")]}"
CONTROL = re.compile(r"\b(if|while|switch|for)\s*(constexpr\s*)?\($")
BLOCK_BEFORE = re.compile(r"(^|[);:{}]|\b(else|do|try|const|noexcept|mutable|override|final))\s*$")
NAMED = re.compile(r"^[\w:<>,*&\s\[\]]+\b[\w\]]+\s*=[^=]")


def closing_bracket(code, opening):
    depth = 0
    for at in range(opening, len(code)):
        depth += (code[at] in OPENING) - (code[at] in CLOSING)
        if depth == 0:
            return at
    return len(code) - 1


def has_statements(code, opening, closing):
    """Whether a brace group is a block: a semicolon of its own, or blocks only."""
    at = opening + 1
    while at < closing:
        if code[at] == ";":
            return True
        at = closing_bracket(code, at) + 1 if code[at] in OPENING else at + 1
    return False


def statements(code, start=0, end=None):
    """Yields (offset, control word or "", text) of every full-expression statement. The blocks and
    lambda bodies in one are cut to "{;}" and yielded on their own."""
    end = len(code) if end is None else end
    begin, text, at, word = start, "", start, ""

    def take():
        return begin + len(text) - len(text.lstrip()), word, text.strip()

    while at < end:
        char = code[at]
        if char == ";":
            yield take()
            begin, text, word = at + 1, "", ""
        elif char == "(" and CONTROL.search(text + "("):
            closing = closing_bracket(code, at)
            head = CONTROL.search(text + "(").group(1)
            parts = statements(code, at + 1, closing)
            yield from ((offset, word or head, part) for offset, word, part in parts)
            begin, text, word, at = closing + 1, "", "", closing
        elif char == "{":
            closing = closing_bracket(code, at)
            before = text
            if BLOCK_BEFORE.search(before) or has_statements(code, at, closing):
                yield from statements(code, at + 1, closing)
                text += "{;}"
                in_parentheses = text.count("(") > text.count(")")
                if BLOCK_BEFORE.search(before) and not in_parentheses:
                    yield take()
                    begin, text, word = closing + 1, "", ""
                at = closing
            else:
                text += char
        else:
            text += char
        at += 1
    if text.strip():
        yield take()


def fault_of(word, text):
    if not re.search(r"\bco_await\b", text):
        return None
    if "{" in text:
        return "braces in a statement that awaits"
    if "?" in text:
        return "?: in a statement that awaits"
    if word in ("if", "while", "switch") and not NAMED.match(text):
        return "a condition that awaits without naming what it got"
    return None


def offenders(code):
    for offset, word, text in statements(code):
        if fault := fault_of(word, text):
            yield code.count("\n", 0, offset) + 1, fault, " ".join(text.split())


def check(paths):
    found = 0
    for path in paths:
        code = sources.code_only(pathlib.Path(path).read_text(encoding="utf-8"))
        for line, fault, text in offenders(code):
            found += 1
            print(f"{path}:{line}: {fault}; name it, then move it: {text[:72]}")
    return 1 if found else 0


def self_test():
    """Every line of the samples that is marked "// bad" is reported, and no other."""
    path = pathlib.Path(__file__).with_name("await_samples.txt")
    text = path.read_text(encoding="utf-8")
    marked = {number for number, line in enumerate(text.splitlines(), 1) if "// bad" in line}
    reported = {line for line, _, _ in offenders(sources.code_only(text))}
    for line in sorted(marked ^ reported):
        print(f"{path.name}:{line}: {'missed' if line in marked else 'wrongly reported'}")
    print(f"{len(marked)} bad samples, {len(reported)} reported")
    return 0 if marked and marked == reported else 1


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if arguments[:1] == ["--root"]:
        root = pathlib.Path(arguments[1])
        return check(root / path for path in sources.find(root))
    return check(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
