#!/usr/bin/env -S python3 -B
"""What the programs take is what their manual pages say.

    options_documented.py ROOT PROGRAM...   exit 1 and a line for each difference
    options_documented.py --self-test       plants differences and sees each reported

Every option that PROGRAM --help shows, or that of a subcommand, is an item of tools/man/PROGRAM.1 or .8, and the other way
round. Every setting that cbvd --list-settings prints is an item of tools/man/cbvd.toml.5 and stands
in tools/examples/cbvd.toml, in both in a comment or not, and the other way round. The keys of a list
of tables ([[route]]) are those of the table with the list's name before them: route.domain.
"""

import pathlib
import re
import subprocess
import sys
import tomllib


def options_of_help(text):
    """Those of CLI11's help: the first column of the indented lines that begin with a dash."""
    found = set()
    for line in text.splitlines():
        if re.match(r"\s+-", line):
            column = re.split(r"\s{2,}", line.strip())[0]
            found |= set(re.findall(r"(?<![\w-])(--[a-z][\w-]*|-\w)(?![\w-])", column))
    return found


def subcommands_of_help(text):
    """Those of CLI11's help: the first words of the lines below "Subcommands:"."""
    below = text.partition("\nSubcommands:\n")[2].partition("\n\n")[0]
    return re.findall(r"^  ([a-z][\w-]*)", below, re.M)


def options_of_program(*command):
    """Those of its help, and of the help of its subcommands, of theirs, and so on."""
    text = output_of(*command, "--help")
    found = options_of_help(text)
    for name in subcommands_of_help(text):
        found |= options_of_program(*command, name)
    return found


def options_of_manual(text):
    """Those of the mdoc items: ".It Fl h , Fl -help" has -h and --help; so has ".It Fl h | -help"."""
    found = set()
    for item in re.findall(r"^\.It (Fl .*)$", text, re.M):
        for flags in re.findall(r"Fl ([^\s|,]+(?: \| [^\s|,]+)*)", item):
            found |= {"-" + flag.replace("\\-", "-") for flag in flags.split(" | ")}
    return found


def keys_of_toml(text):
    """The dotted keys of a TOML document; those of the tables of a list once."""

    def flatten(table, prefix=""):
        for key, value in table.items():
            if isinstance(value, dict):
                yield from flatten(value, f"{prefix}{key}.")
            elif isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
                for one in value:
                    yield from flatten(one, f"{prefix}{key}.")
            else:
                yield prefix + key

    return set(flatten(tomllib.loads(text)))


def keys_of_example(text):
    """The same, and those that are commented out, as "#key = value" or "# key = value"."""
    return keys_of_toml(re.sub(r"^#\s?(\[\[?[\w.]+\]\]?[ \t]*(?:#.*)?$|[\w.]+ = \S)", r"\1", text, flags=re.M))


def keys_of_manual(text):
    """The keys of the mdoc items: ".It Cm cache.path Ar file"."""
    return set(re.findall(r"^\.It Cm ([\w.]+)", text, re.M))


def differences(there, documented, where):
    for name in sorted(there - documented):
        yield f"{where}: lacks {name}"
    for name in sorted(documented - there):
        yield f"{where}: has {name}, which the program does not know"


def manual_page(root, program):
    for section in "18":
        page = root / "tools/man" / f"{program}.{section}"
        if page.exists():
            return page
    return root / "tools/man" / f"{program}.1"


def output_of(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def problems(root, programs):
    for program in map(pathlib.Path, programs):
        page = manual_page(root, program.name)
        if not page.exists():
            yield f"{page}: missing"
            continue
        options = options_of_program(program)
        yield from differences(options, options_of_manual(page.read_text()), page)
        if program.name == "cbvd":
            keys = keys_of_example(output_of(program, "--list-settings"))
            manual, example = root / "tools/man/cbvd.toml.5", root / "tools/examples/cbvd.toml"
            yield from differences(keys, keys_of_manual(manual.read_text()), manual)
            yield from differences(keys, keys_of_example(example.read_text()), example)


def self_test():
    text = "Usage: x [OPTIONS]\n\nOptions:\n  -h,--help    Not --that\n  --mail-from TEXT  From\n  -4\n"
    commands = "Options:\n  -a\n\nSubcommands:\n  list    What\n          is there\n  forget-domain  A\n\nMore:\n  no\n"
    page = ".Op Fl -seen\n.It Fl h , Fl -help\nas\n.Fl -that\n.It Fl 4 | 6\n.It Fl \\-mail-from Ar x\n"
    toml = "top = 1\n[a]\nb = 1\n[a.c]\nd = []\n"
    tables = "[[t]]\na = 1\n[[t]]\na = 2\nb = 3\n"
    tables_example = "#[[t]]\n#a = 1\n# [[u]]  # any number\n# b = 2\n"
    example = '# A comment.\n#top = 1\n[a]\n# b = 1\n# which is = enough\n#[a.c]\n#d = ["x"]\n'
    manual = ".It Cm top Ar n\n.It Cm a.b\nsee\n.Cm a.e\n"
    seen = (
        (options_of_help(text), {"-h", "--help", "--mail-from", "-4"}),
        (subcommands_of_help(commands), ["list", "forget-domain"]),
        (options_of_manual(page), {"-h", "--help", "-4", "-6", "--mail-from"}),
        (keys_of_toml(toml), {"top", "a.b", "a.c.d"}),
        (keys_of_example(example), {"top", "a.b", "a.c.d"}),
        (keys_of_toml(tables), {"t.a", "t.b"}),
        (keys_of_example(tables_example), {"t.a", "u.b"}),
        (keys_of_manual(manual), {"top", "a.b"}),
        (list(differences({"-a", "-b"}, {"-b", "-c"}, "x.1")),
         ["x.1: lacks -a", "x.1: has -c, which the program does not know"]),
    )
    failures = [f"got {got}, not {expected}" for got, expected in seen if got != expected]
    print("\n".join(failures) or f"{len(seen)} readings as they should be")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    found = list(problems(pathlib.Path(arguments[0]), arguments[1:]))
    print("\n".join(found) or "every option and setting is documented, and no other")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
