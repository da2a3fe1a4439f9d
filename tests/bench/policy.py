"""Targets 13 and 14: RCPT through Postfix that asks cbvd, all answers in memory, beside what Postfix has otherwise."""

import measure
import postfix

CLIENTS = 20
ADDRESSES = 200
RECIPIENTS = 20  # in a transaction: it is the checks that are measured, not the opening of a queue file
PORT_OF_CBVD, PORT_OF_DUNNO = 2528, 2529


def run(bench, repetitions, quick):
    port = bench.mail_host()
    daemon = bench.cbvd(bench.names("127.1.0.0/16"), port=port, policy=True)
    dunno = bench.folder / "dunno"
    bench.start([bench.program("bench-dunno"), "--socket", str(dunno)], ready="ready")
    postfix.Verifier(bench, port, {PORT_OF_CBVD: daemon.folder / "policy", PORT_OF_DUNNO: dunno})
    total = 4_000 if quick else 100_000

    def rate(at, total=total):
        return bench.prober(port=at, sessions=CLIENTS, total=total // RECIPIENTS, recipients=RECIPIENTS,
                            among=ADDRESSES, held="yes",
                            recipient="u{i}@d0.bench.example")["rate"]

    daemon.ask(address="u{i}@d0.bench.example", total=ADDRESSES, connections=20, fresh="no")
    for at in (PORT_OF_CBVD, PORT_OF_DUNNO):
        rate(at, total=10 * ADDRESSES)
    know_all(bench)
    rows = []
    for target, peer, name, reach in ((13, PORT_OF_DUNNO, "a policy service that says DUNNO", "0.95"),
                                      (14, postfix.PORT, "reject_unverified_recipient, cached", "1.0")):
        row = measure.Row(target, f"RCPT through Postfix that asks cbvd, cached, {CLIENTS} clients",
                          "1/s", name, reach)
        rows.append(measure.paired(row, lambda: rate(PORT_OF_CBVD), lambda peer=peer: rate(peer), repetitions))
    daemon.stop()
    return rows


def know_all(bench):
    """Puts every address into the cache of verify(8), which defers for as long as it asks."""
    for _ in range(20):
        try:
            bench.prober(port=postfix.PORT, sessions=CLIENTS * 2, total=ADDRESSES, recipient="u{i}@d0.bench.example",
                         held="yes")
            return
        except RuntimeError as deferred:
            if "450" not in str(deferred):
                raise
    raise RuntimeError("verify(8) did not come to know the addresses")
