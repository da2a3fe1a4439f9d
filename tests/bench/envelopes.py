"""Whole envelopes a second, with every check switched on and all that they ask known, beside verify_recipient alone."""

import cached
import measure

CLIENT = "100.1.2.3"  # nobody is called there: call-backs are off
NAMES = """  mx.sender.example.              A    100.1.2.3
  sender.example.                 MX   10 mx.sender.example.
  sender.example.                 TXT  "v=spf1 ip4:192.0.2.0/24 include:spf.sender.example -all"
  spf.sender.example.             TXT  "v=spf1 a:mx.sender.example ~all"
  3.2.1.100.in-addr.arpa.      PTR  mx.sender.example.
  2.0.0.127.bl.bench.example.     A    127.0.0.2
  2.0.0.127.bl2.bench.example.    A    127.0.0.2
"""
CHECKS = """
[check]
make = ["rate", "syntax", "access", "helo", "client_name", "dnsbl", "own_domain", "spf", "sender_domain", "recipient",
    "sender_callback"]
[check.helo]
matches.action = "log"
[[dns_list]]
zone = "bl.bench.example"
[[dns_list]]
zone = "bl2.bench.example"
"""
PARAMS = (f'{{"client_ip":"{CLIENT}","helo":"mx.sender.example","sender":"joe@sender.example","recipient":"{{key}}",'
          '"tls":true}')


def run(bench, repetitions, quick):
    filled = bench.folder / "filled"
    filled.mkdir()
    bench.json_of([bench.program("bench-store"), "--do", "fill", "--records", str(cached.RECORDS), "--directory",
                   str(filled)])
    names = bench.names("127.1.0.0/16", more=NAMES)
    daemon = bench.cbvd(names, cache=filled, more=CHECKS)
    total = 20_000 if quick else 200_000
    rows = []
    for depth in (1, 16):
        what = f"envelopes, every check, all known, 50 connections, {depth} outstanding each"
        row = measure.Row("", what, "1/s", "verify_recipient")

        def volley(*words, depth=depth):
            return bench.json_of([bench.program("bench-volley"), "--socket", str(daemon.folder / "socket"), "--peer", "json",
                                  "--key", cached.KEY, "--among", str(cached.RECORDS), "--hosts", str(cached.HOSTS),
                                  "--connections", "50", "--depth", str(depth), "--total", str(total), *words])["rate"]

        measure.paired(row, lambda: volley("--method", "check", "--params", PARAMS, "--expect", '"decided_by":null'),
                       lambda: volley("--expect", '"status":"deliverable"'), repetitions)
        rows.append(row)
    daemon.stop()
    return rows
