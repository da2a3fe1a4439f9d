"""Target 12: what a callout costs cbvd in memory while it waits for a host that does not answer RCPT."""

import time

import measure
import parts


def run(bench, repetitions, quick):
    callouts = 1_000 if quick else 9_000
    bench.mail_host("--silent", "rcpt")
    names = bench.names("127.1.0.0/16")
    row = measure.Row(12, f"memory of each callout at a tarpit, {callouts:,} at once", "octets", reach="30,000")
    for _ in range(repetitions):
        row.ours.append(_octets_each(bench, names, callouts))
    return [row]


def _octets_each(bench, names, callouts):
    daemon = bench.cbvd(names)
    before, files = daemon.resident_octets(), daemon.descriptors()
    connections = 10
    asking = daemon.ask(start_only=True, address="u{i}@d{i}.bench.example", connections=connections,
                        depth=callouts // connections, total=callouts, wait_ms=600_000)
    parts.wait_for(lambda: daemon.descriptors() >= files + connections + callouts, "so many callouts", 180)
    time.sleep(3)  # all are at RCPT soon after they are connected
    each = (daemon.resident_octets() - before) / callouts
    bench.stop(asking)
    daemon.process.kill()  # its callouts would wait for minutes
    daemon.process.wait()
    return each
