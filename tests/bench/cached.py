"""Targets 1 to 4: verdicts from memory beside Redis GET, with the same load."""

import socket
import subprocess

import measure
import parts

RECORDS = 10_000
HOSTS = RECORDS // 10 + 1  # those of bench-store
KEY = "u{i}@d{h}.bench.example"


def run(bench, repetitions, quick):
    filled = bench.folder / "filled"
    filled.mkdir()
    bench.json_of([bench.program("bench-store"), "--do", "fill", "--records", str(RECORDS), "--directory", str(filled)])
    total = 50_000 if quick else 500_000
    usual = ((1, "unix", 1, "1.0"), (2, "tcp", 1, "1.0"), (3, "unix", 16, "0.5"))
    rows, redis = [], None
    for threads, cases in ((1, usual), (2, (usual[0], usual[2]))):
        port = parts.free_port()
        daemon = bench.cbvd(bench.names("127.1.0.0/16"), cache=filled, tcp=f'"127.0.0.1:{port}"', threads=threads)
        redis = redis or Redis(bench, answer_of(daemon))
        rows += beside(bench, redis, daemon, port, threads, cases, total, repetitions)
        daemon.stop()
    return rows


def beside(bench, redis, daemon, port, threads, cases, total, repetitions):
    """A daemon on so many threads, and Redis."""
    on = "" if threads == 1 else f", on {threads} threads"
    rows = []
    for target, where, depth, reach in cases:
        what = f"verdicts from memory, {where}, 50 connections, {depth} outstanding each{on}"
        rate = measure.Row(target, what, "1/s", "Redis GET", reach)
        late = measure.Row(4, f"p99 of the same{on}", "ms", "Redis", "1.5")

        def volley(reached, note, where=where, depth=depth):
            said = bench.json_of([bench.program("bench-volley"), *reached(where), "--key", KEY, "--among", str(RECORDS),
                                  "--hosts", str(HOSTS), "--connections", "50", "--depth", str(depth),
                                  "--total", str(total)])
            note.append(said["p99_ms"])
            return said["rate"]

        seen_ours, seen_theirs = [], []
        measure.paired(rate, lambda: volley(words_of(daemon, port), seen_ours),
                       lambda: volley(redis.words, seen_theirs), repetitions)
        rows.append(rate)
        if target == 1:
            late.ours, late.peers = seen_ours, seen_theirs
            rows.append(late)
    return rows


def words_of(daemon, port):
    def words(where):
        reached = ["--socket", str(daemon.folder / "socket")] if where == "unix" else ["--port", str(port)]
        return [*reached, "--peer", "json", "--expect", '"status":"deliverable"']

    return words


def answer_of(daemon):
    """What cbvd says to one question: Redis gives as many octets."""
    question = f'{{"jsonrpc":"2.0","id":1,"method":"verify_recipient","params":{{"address":"{key_of(1)}"}}}}\n'
    with socket.socket(socket.AF_UNIX) as asking:
        asking.connect(str(daemon.folder / "socket"))
        asking.sendall(question.encode())
        return asking.makefile().readline().rstrip("\n")


def key_of(number):
    return KEY.replace("{i}", str(number)).replace("{h}", str(number % HOSTS))


class Redis:
    """Redis as it comes, without files, with a value as long as cbvd's answer for each address."""

    def __init__(self, bench, value):
        self.folder = bench.folder / "redis"
        self.folder.mkdir()
        self._port = parts.free_port()
        bench.start(["redis-server", "--port", str(self._port), "--bind", "127.0.0.1", "--unixsocket",
                     str(self.folder / "socket"), "--save", "", "--appendonly", "no", "--daemonize", "no",
                     "--dir", str(self.folder), "--logfile", str(self.folder / "log")])
        parts.wait_for((self.folder / "socket").exists, "Redis")
        commands = "".join(
            f"*3\r\n$3\r\nSET\r\n${len(key_of(i))}\r\n{key_of(i)}\r\n${len(value)}\r\n{value}\r\n" for i in range(RECORDS))
        subprocess.run(["redis-cli", "-s", str(self.folder / "socket"), "--pipe"], input=commands.encode(), check=True,
                       stdout=subprocess.DEVNULL)

    def words(self, where):
        reached = ["--socket", str(self.folder / "socket")] if where == "unix" else ["--port", str(self._port)]
        return [*reached, "--peer", "redis", "--expect", "$"]

