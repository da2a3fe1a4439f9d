"""Targets 10, 11 and 18: round trips from question to verdict over a line with 50 ms each way, counted by
the time they take: names are known, and nothing else on the machine comes near to 100 ms."""

import statistics
import subprocess
import sys

import measure

ONE_WAY_MS = 50
IN_FLIGHT = 2_000

# A connection takes one round trip.
CONNECT = """
import socket, statistics, time
def one():
    began = time.monotonic()
    socket.create_connection(("10.100.0.1", 2525)).close()
    return (time.monotonic() - began) * 1000
print(statistics.median(one() for _ in range(15)))
"""


def run(bench, repetitions, quick):
    line = bench.link(ONE_WAY_MS)
    bench.mail_host(inside=line.there)
    names = bench.names(line.NETWORK, inside=line.here)
    round_trip_ms = _round_trip_ms(line)
    rows = []

    def in_round_trips(target, what, reach, ask):
        half = measure.Row(target, f"round trips to {what}, p50", "of 100 ms", reach=reach[0])
        tail = measure.Row(target, f"round trips to {what}, p99", "of 100 ms", reach=reach[1])
        for _ in range(repetitions):
            said = ask()
            half.ours.append(said["p50_ms"] / round_trip_ms)
            tail.ours.append(said["p99_ms"] / round_trip_ms)
        rows.extend((half, tail))

    hosts = 16_384
    cold = bench.cbvd(names, inside=line.here)
    asked = {"address": "u{i}@d{h}.bench.example", "hosts": hosts}
    first = hosts
    cold.ask(**asked, connections=4, depth=250, total=hosts)  # the names are known from now on

    def ask_cold(depth, total):
        nonlocal first
        first += total
        return cold.ask(**asked, connections=4, depth=depth // 4, total=total, first=first)

    in_round_trips(10, "a cold verdict", ("4.2", "4.5"), lambda: ask_cold(20, 200))
    in_round_trips(10, "a cold verdict, 1,000 in flight", ("4.2", "4.5"),
                   lambda: ask_cold(1000, 2_000 if quick else 10_000))

    most = IN_FLIGHT / (4 * round_trip_ms / 1000)
    floor = measure.Row(18, f"callouts, {IN_FLIGHT:,} in flight", "1/s", "in flight / (4 round trips)", "0.9 x")
    measure.paired(floor, lambda: ask_cold(IN_FLIGHT, 6_000 if quick else 40_000)["rate"], lambda: most, repetitions)
    bare = measure.Row(18, f"the same, {IN_FLIGHT:,} sessions of the epoll prober", "1/s",
                       "in flight / (4 round trips)", "-")
    measure.paired(bare, lambda: _bare(bench, line, quick), lambda: most, repetitions)
    cold.stop()

    held = bench.cbvd(names, inside=line.here, idle="5m", connections_max=1)
    few = {"address": "u{i}@d{h}.bench.example", "hosts": 50, "depth": 50}
    held.ask(**few, total=50)
    first = 0

    def ask_held():
        nonlocal first
        first += 500
        return held.ask(**few, total=500, first=first)

    in_round_trips(11, "a verdict on a held session", ("1.1", "1.1"), ask_held)
    rows.extend((floor, bare))
    return rows


def _bare(bench, line, quick):
    total = 6_000 if quick else 40_000
    return bench.prober(line.here, address="10.100.0.0", hosts=16_384, sessions=IN_FLIGHT, total=total)["rate"]


def _round_trip_ms(line):
    words = ["ip", "netns", "exec", line.here, sys.executable, "-c", CONNECT]
    return float(subprocess.run(words, capture_output=True, text=True, check=True).stdout)
