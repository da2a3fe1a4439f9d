"""Targets 7 and 8: callouts a second, every address at another host, 20 at once, plain SMTP."""

import subprocess
import time

import exim
import measure
import parts

AT_ONCE = 20
HOSTS = 4096


def run(bench, repetitions, quick):
    total = 4_000 if quick else 40_000
    port = bench.smtp_sink()
    names = bench.names("127.1.0.0/16")
    daemon = bench.cbvd(names)
    asked = {"address": "u{i}@d{h}.bench.example", "hosts": HOSTS, "depth": AT_ONCE}
    daemon.ask(**asked, total=HOSTS)  # the names are known from now on
    first = HOSTS

    def ours():
        nonlocal first
        first += total
        return daemon.ask(**asked, total=total, first=first)["rate"]

    sessions = measure.Row(7, "callouts at different hosts", "1/s", "smtp-source, sessions", "1.0 x")
    measure.paired(sessions, ours, lambda: smtp_source(port, total), repetitions)
    rows = [sessions]
    if not exim.UNPACKED.exists():
        print("Exim is not unpacked (tools/e2e-servers): target 8 is left out")
        return rows
    peer = exim.Caller(bench, port)
    cold = measure.Row(8, "the same", "1/s", "Exim callouts, cold", "4 x")
    rows.append(measure.paired(cold, ours, lambda: peer.rate(total // 10), repetitions))
    return rows


def smtp_source(port, total):
    """Sessions of one small message each, one connection a message."""
    began = time.monotonic()
    subprocess.run(["smtp-source", "-s", str(AT_ONCE), "-m", str(total), "-l", "64", f"127.0.0.1:{port}"],
                   check=True, timeout=120)
    return total / (time.monotonic() - began)
