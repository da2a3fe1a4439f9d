"""Target 12: what a callout costs cbvd in memory while it waits for a host that does not answer RCPT."""

import time

import measure
import parts

CONNECTIONS = 10


def run(bench, repetitions, quick):
    callouts = 1_000 if quick else 9_000
    bench.mail_host("--silent", "slow")
    names = bench.names("127.1.0.0/16")
    rows = []
    for what, are_known in (("names known", True), ("9,000 look-ups at the same time, too", False)):
        row = measure.Row(12, f"memory of each callout at a tarpit, {callouts:,} at once, {what}", "octets",
                          reach="30,000")
        for _ in range(repetitions):
            row.ours.append(_octets_each(bench, names, callouts, are_known))
        rows.append(row)
    return rows


def _octets_each(bench, names, callouts, names_are_known):
    daemon = bench.cbvd(names)
    if names_are_known:
        daemon.ask(address="u{i}@d{i}.bench.example", depth=20, total=callouts)
    before, files = daemon.resident_octets(), daemon.descriptors()
    asking = daemon.ask(start_only=True, address="slow{i}@d{i}.bench.example", connections=CONNECTIONS,
                        depth=callouts // CONNECTIONS, total=callouts, wait_ms=600_000)
    # Not to the last one: connections that have just ended may still have been counted before.
    parts.wait_for(lambda: daemon.descriptors() >= files + callouts, "so many callouts", 180)
    time.sleep(3)  # all are at RCPT soon after they are connected
    each = (daemon.resident_octets() - before) / callouts
    bench.stop(asking)
    daemon.process.kill()  # its callouts would wait for minutes
    daemon.process.wait()
    return each
