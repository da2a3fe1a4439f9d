"""Target 9: addresses a second at one host, over sessions that are held."""

import measure

SESSIONS = 20


def run(bench, repetitions, quick):
    total = 10_000 if quick else 100_000
    port = bench.mail_host()
    daemon = bench.cbvd(bench.names("127.1.0.0/16"), idle="1m", connections_max=SESSIONS)
    first = 0

    def asking(depth):
        def ours():
            nonlocal first
            first += total
            return daemon.ask(address="u{i}@d0.bench.example", depth=depth, total=total, first=first)["rate"]
        return ours

    def floor():
        return bench.prober(port=port, sessions=SESSIONS, total=4 * total, held="yes")["rate"]

    rows = []
    for depth in (SESSIONS, 10 * SESSIONS):
        row = measure.Row(9, f"addresses at one host, {depth} in flight, {SESSIONS} sessions", "1/s",
                          "bare epoll prober", "0.3 x")
        rows.append(measure.paired(row, asking(depth), floor, repetitions))
    return rows
