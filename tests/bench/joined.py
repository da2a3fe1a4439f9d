"""Target 17: how many callouts 1,000 questions at once for one address come to."""

import json

import measure
import parts

WORLD = """
zone
  bench.example.     MX  10 mx.bench.example.
  mx.bench.example.  A   127.0.1.1

host 127.0.1.1 mx.bench.example
  mailbox *@bench.example
  delay rcpt 300ms
"""


def run(bench, repetitions, _quick):
    row = measure.Row(17, "callouts for 1,000 questions at once about one address", "RCPT", reach="1")
    for _ in range(repetitions):
        row.ours.append(_recipients(bench))
    return [row]


def _recipients(bench):
    world = bench.folder / "one.world"
    world.write_text(WORLD)
    words = [bench.program("cbv-sim"), "--quiet", "--json", str(world)]
    internet, line = bench.start(words, ready="{")
    ready = json.loads(line)
    daemon = bench.cbvd(ready["dns"], port=ready["smtp"])
    daemon.ask(address="ann@bench.example", connections=4, depth=250, total=1000, fresh="no")
    daemon.stop()
    summary = json.loads(bench.stop(internet).splitlines()[-1])
    return summary["total"]["accepted"]
