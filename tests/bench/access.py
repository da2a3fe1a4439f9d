"""A million access rules: how long they take to read, how much memory, how many envelopes a second are looked up."""

import measure


def run(bench, repetitions, quick):
    rules = 20_000 if quick else 1_000_000
    file = bench.folder / "access"
    words = [bench.program("bench-access"), "--file", str(file), "--rules", str(rules)]
    bench.json_of([*words, "--do", "write"])
    load = measure.Row("", f"time to read {rules:,} access rules", "s")
    octets = measure.Row("", "memory for each of them, with its text", "octets")
    resident = measure.Row("", "the same, as the kernel counts it after reading", "octets")
    rate = measure.Row("", f"envelopes looked up in {rules:,} rules, one thread, every other one meets one", "1/s")
    for _ in range(repetitions):
        said = bench.json_of([*words, "--do", "read"])
        load.ours.append(said["load_seconds"])
        octets.ours.append(said["octets"] / rules)
        resident.ours.append(said["resident_octets"] / rules)
        rate.ours.append(said["rate"])
    return [load, octets, resident, rate]
