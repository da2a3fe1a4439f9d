#!/usr/bin/env -S python3 -B
"""What may include what: no circles between files or folders, no include of a higher layer.

    layers.py ROOT         exit 1 and a line for each include that is refused
    layers.py --show ROOT  the folders by layer, with what each includes
    layers.py --self-test  plants offences in a small tree and sees each reported

A header's own .cpp includes it first, so that the build itself proves it to compile alone; the
headers without a .cpp are compiled by the check "headers".
"""

import collections
import pathlib
import re
import sys
import tempfile

import sources

# Lowest first; a folder includes from its own line and from those before it.
LAYERS = (
    ("cbv/base",),
    ("cbv/async", "cbv/address", "cbv/verdict", "cbv/counting"),
    ("cbv/net",),
    ("cbv/dns", "cbv/smtp"),
    ("cbv/policy", "cbv/spf"),
    ("cbv/callout", "cbv/self_test", "cbv/checks"),
    ("cbv/verifier",),
    ("cbv/envelope",),
    ("cache",),
    ("api",),
    ("tools",),
    ("tests",),
)
RANK = {folder: rank for rank, folders in enumerate(LAYERS) for folder in folders}

# Dear or alien to those who include the header: only in .cpp files, or not at all.
NOT_IN_HEADERS = re.compile(r"<(nlohmann/json\.hpp|ares\.h|lmdb\.h|idn2\.h)>")
NOWHERE = re.compile(r"<boost/asio\.hpp>")


def rank_of(path):
    """The layer of a file, None if its folder has none."""
    parts = path.parent.parts
    return RANK.get("/".join(parts[:2] if parts[0] == "cbv" else parts[:1]))


def read(root):
    """file -> [(line, "path" or <path>)] in order."""
    include = re.compile(r'^[ \t]*#[ \t]*include[ \t]*("[^"]+"|<[^>]+>)', re.M)
    found = {}
    for path in sources.find(root):
        text = (root / path).read_text(encoding="utf-8")
        found[path] = [(text.count("\n", 0, m.start()) + 1, m[1]) for m in include.finditer(text)]
    return found


def circles(graph):
    """The circles met, each as the list of its nodes, the first again at the end."""
    state, path, found = {}, [], []

    def visit(node):
        state[node] = "open"
        path.append(node)
        for following in sorted(graph.get(node, ())):
            if following not in state:
                visit(following)
            elif state[following] == "open":
                circle = path[path.index(following):]
                first = circle.index(min(circle))
                found.append(circle[first:] + circle[:first + 1])
        path.pop()
        state[node] = "done"

    for node in sorted(graph):
        if node not in state:
            visit(node)
    return found


def edges(includes):
    """The includes between our own files, and between folders, as graphs."""
    files, folders = collections.defaultdict(set), collections.defaultdict(set)
    for path, lines in includes.items():
        for _, name in lines:
            target = pathlib.Path(name[1:-1])
            if target in includes:
                files[path.as_posix()].add(target.as_posix())
                if path.parent != target.parent:
                    folders[path.parent.as_posix()].add(target.parent.as_posix())
    return files, folders


def problems(root):
    root = pathlib.Path(root)
    includes = read(root)
    for path, lines in includes.items():
        if rank_of(path) is None:
            yield f"{path}: its folder has no layer: give it one in tools/check/layers.py"
            continue
        for line, name in lines:
            target = pathlib.Path(name[1:-1])
            where = f"{path}:{line}: includes {name}"
            if name.startswith('"') and target not in includes:
                yield f"{where}: not a file, seen from the top of the project"
            elif name.startswith("<") and target in includes:
                yield f'{where}: write "{target}"'
            elif target in includes and (rank_of(target) or 0) > rank_of(path):
                yield f"{where}, which is a higher layer"
            elif path.suffix == ".hpp" and NOT_IN_HEADERS.match(name):
                yield f"{where}: only in .cpp files"
            elif NOWHERE.match(name):
                yield f"{where}: include the small header that has what is used"
        own, first = path.with_suffix(".hpp"), lines[0][1] if lines else ""
        if path.suffix == ".cpp" and own in includes and first != f'"{own}"':
            yield f'{path}: includes "{own}" first, or nothing shows that it compiles alone'
    files, folders = edges(includes)
    for circle in circles(files) + circles(folders):
        yield "circle: " + " -> ".join(circle)


def show(root):
    _, folders = edges(read(pathlib.Path(root)))
    known = set(folders).union(*folders.values())
    for folder in sorted(known, key=lambda name: (rank_of(pathlib.Path(name, "x")), name)):
        rank = rank_of(pathlib.Path(folder, "x"))
        print(f"{rank:2} {folder} -> {', '.join(sorted(folders.get(folder, ()))) or 'nothing'}")


def self_test():
    """A clean tree is silent; each planted offence is reported in the words given."""
    clean = {
        "cbv/base/a.hpp": "",
        "cbv/base/a.cpp": '#include "cbv/base/a.hpp"\n#include <lmdb.h>\n',
        "cbv/smtp/b.hpp": '#include "cbv/base/a.hpp"\n#include "cbv/verdict/w.hpp"\n',
        "cbv/verdict/w.hpp": '#include "cbv/base/a.hpp"\n',
        "cbv/verifier/top.hpp": '#include "cbv/smtp/b.hpp"\n',
        "api/c.hpp": '#include "cbv/verifier/top.hpp"\n',
        "tests/cbv/t_test.cpp": '#include "api/c.hpp"\n',
    }
    planted = (
        ({"cbv/base/a.hpp": '#include "cbv/smtp/b.hpp"\n'}, "a.hpp:1: includes .* higher layer"),
        ({"cbv/base/a.hpp": '#include "cbv/smtp/b.hpp"\n'},
         "^circle: cbv/base/a.hpp -> cbv/smtp/b.hpp -> cbv/base/a.hpp"),
        ({"cbv/smtp/b.hpp": '\n#include "api/c.hpp"\n'}, "b.hpp:2: includes .* higher layer"),
        ({"cbv/base/x.hpp": '#include "cbv/verifier/top.hpp"\n'}, "x.hpp:1: includes .* higher layer"),
        ({"cbv/dns/d.hpp": '#include "cbv/smtp/b.hpp"\n',
          "cbv/smtp/e.hpp": '#include "cbv/dns/d.hpp"\n'},
         "^circle: cbv/dns -> cbv/smtp -> cbv/dns"),
        ({"api/d.hpp": '#include "api/e.hpp"\n', "api/e.hpp": '#include "api/d.hpp"\n'},
         "^circle: api/d.hpp -> api/e.hpp -> api/d.hpp"),
        ({"cbv/lost/x.hpp": ""}, "no layer"),
        ({"api/d.hpp": '#include "c.hpp"\n'}, "d.hpp:1: .* not a file"),
        ({"api/d.hpp": "#include <api/c.hpp>\n"}, "d.hpp:1: .* write"),
        ({"api/d.hpp": "#include <nlohmann/json.hpp>\n"}, "d.hpp:1: .* only in .cpp"),
        ({"api/d.cpp": "#include <boost/asio.hpp>\n"}, "d.cpp:1: .* small header"),
        ({"cbv/base/a.cpp": '#include <string>\n#include "cbv/base/a.hpp"\n'}, "a.cpp: .* first"),
        ({"cbv/base/a.cpp": ""}, "a.cpp: .* first"),
    )

    def reported(tree):
        with tempfile.TemporaryDirectory() as root:
            for name, text in tree.items():
                path = pathlib.Path(root, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            return list(problems(root))

    failures = [f"clean tree: {problem}" for problem in reported(clean)]
    for change, words in planted:
        found = reported(clean | change)
        if not any(re.search(words, problem) for problem in found):
            failures.append(f"planted {change}: not reported as /{words}/, but {found}")
    print("\n".join(failures) or f"{len(planted)} planted offences, each reported")
    return 1 if failures else 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    if arguments[:1] == ["--show"]:
        return show(arguments[1])
    found = list(problems(arguments[0]))
    print("\n".join(found) or "no include of a higher layer, no circle")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
