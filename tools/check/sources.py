"""What the checks read: the sources below the project's top folders."""

import pathlib
import re

TOP_FOLDERS = ("cbv", "cache", "api", "tools", "tests")


def find(root, suffixes=(".hpp", ".cpp")):
    """Every source below root, as sorted paths relative to it."""
    root = pathlib.Path(root)
    return sorted(
        path.relative_to(root)
        for folder in TOP_FOLDERS
        for path in (root / folder).rglob("*")
        if path.suffix in suffixes and path.is_file()
    )


def code_only(text):
    """The text with comments, literals and preprocessor lines blanked; offsets and lines stay."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    literal = r'R"([^ ()\\]{0,16})\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
    literal += r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'"  # not the ' of 1'000
    comment = r"//[^\n]*|/\*.*?\*/"
    text = re.sub(f"{comment}|{literal}", blank, text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)
