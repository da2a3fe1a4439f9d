"""Target 15: the first answer for an address that was never seen, at a host on the same machine."""

import measure
import postfix


def run(bench, repetitions, quick):
    port = bench.mail_host()
    daemon = bench.cbvd(bench.names("127.1.0.0/16"), port=port)
    peer = postfix.Verifier(bench, port)
    asked = 0

    def ours():
        nonlocal asked
        asked += 1
        return daemon.ask(address="new{i}@d{i}.bench.example", total=1, first=asked, fresh="no")["p50_ms"]

    row = measure.Row(15, "first answer, name and host unknown before", "ms", "Postfix", "0.01 x")
    return [measure.paired(row, ours, peer.first_answer_ms, 2 if quick else repetitions)]
