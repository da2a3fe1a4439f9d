"""How late answers from memory are while 5,000 clients mean harm, and without them."""

import json
import multiprocessing
import random
import socket
import statistics
import time

import measure
import parts

CLIENTS = 5_000
KINDS = 5
GREEDY_SHARE = 50  # one of so many asks and never reads
STEP_S = 0.01  # a tenth of them does something so often


def run(bench, repetitions, quick):
    clients, questions = (500, 2_000) if quick else (CLIENTS, 20_000)
    port = bench.mail_host(port=parts.free_port())
    names = bench.names("127.1.0.0/16")
    return [among(bench.cbvd(names, port=port, clients_max=served + 1), clients, served, questions, repetitions)
            for served in (clients // 5, clients)]


def among(daemon, clients, served, questions, repetitions):
    path = str(daemon.folder / "socket")
    good = Good(path)
    good.ask(1)  # the first is a callout
    row = measure.Row("hostile", f"p99 of answers from memory, {clients} hostile clients, {served} of them served", "ms",
                      "without them", "3 x")

    def disturbed():
        begun, end = multiprocessing.Event(), multiprocessing.Event()
        harm = multiprocessing.Process(target=do_harm, args=(path, clients, begun, end))
        harm.start()
        try:
            begun.wait()
            return p99(good, questions)
        finally:
            end.set()
            harm.join()

    measure.paired(row, disturbed, lambda: p99(good, questions), repetitions)
    daemon.stop()
    return row


def do_harm(path, clients, begun, end):
    harm = Hostile(path, clients)
    begun.set()
    while not end.wait(STEP_S):
        harm.step()
    harm.close()


def p99(good, questions):
    """In milliseconds."""
    late = [good.ask(number) for number in range(questions)]
    return statistics.quantiles(late, n=100)[98] * 1_000


class Good:
    """One connection, one question at a time."""

    def __init__(self, path):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(path)
        self._lines = self._socket.makefile()

    def ask(self, number):
        asked = {"jsonrpc": "2.0", "id": number, "method": "verify_recipient",
                 "params": {"address": "u1@d1.bench.example", "wait_ms": 60_000}}
        begun = time.perf_counter()
        self._socket.sendall(json.dumps(asked).encode() + b"\n")
        said = json.loads(self._lines.readline())
        took = time.perf_counter() - begun
        if said["id"] != number or said["result"]["status"] != "deliverable":
            raise SystemExit(f"not the answer: {said}")
        return took


class Hostile:
    """Silent ones, halves of requests, octet by octet, lines without end, anything, and some that never read."""

    def __init__(self, path, clients):
        self._chance = random.Random(1)
        self._clients = []
        self._turn = 0
        for _ in range(clients):
            one = socket.socket(socket.AF_UNIX)
            one.connect(path)
            one.setblocking(False)
            self._clients.append(one)

    def step(self):
        """A tenth of them does something."""
        request = b'{"jsonrpc":"2.0","id":1,"method":"verify_recipient","params":{"address":"u1@d1.bench.example"}}\n'
        self._turn += 1
        for number in range(self._turn % 10, len(self._clients), 10):
            if number % GREEDY_SHARE == 0:
                said = request * 100
            else:
                said = (b"", request[:40] if self._turn <= 10 else b"", request[self._turn % len(request):][:1],
                        b"x" * 65_537, self._chance.randbytes(1_000))[number % KINDS]
            try:
                if said:
                    self._clients[number].send(said)
            except OSError:
                pass  # no room, or turned away

    def close(self):
        for one in self._clients:
            one.close()
