"""Targets 5, 6, 16, and writes: the cache with ten thousand, a million and ten million verdicts."""

import measure

CONNECTIONS = 50
FILL_GROUP = 50_000  # records in a commit, where it is not the commits that are measured


def run(bench, repetitions, quick):
    few, many, most = (10_000, 30_000, 100_000) if quick else (10_000, 1_000_000, 10_000_000)
    rows = _sizes_and_writes(bench, many)
    caches = {}
    for records in (few, many, most):
        caches[records] = bench.folder / f"cache-{records}"
        _store(bench, "fill", records, caches[records], group=FILL_GROUP)
    rows += _rates(bench, caches, (many, most), few, repetitions, quick)
    for records in (few, most):
        rows += _openings(bench, caches[records], records, repetitions)
    return rows


def _store(bench, what, records, directory, **options):
    directory.mkdir(exist_ok=True)
    words = [bench.program("bench-store"), "--do", what, "--records", str(records), "--directory", str(directory)]
    for name, value in options.items():
        words += ["--" + name, str(value)]
    return bench.json_of(words, timeout=7200)


def _sizes_and_writes(bench, records):
    ours = _store(bench, "fill", records, bench.folder / "ours")
    plain = _store(bench, "plain", records, bench.folder / "plain")
    size = measure.Row(6, f"size of the file for each of {records:,} records, filled in no order", "octets",
                       "plain LMDB, filled the same way", "1.1")
    size.ours.append(ours["file_octets"] / records)
    size.peers.append(plain["file_octets"] / records)
    writes = measure.Row("", f"verdicts written a second, {records:,} in no order, synced groups of 1,000", "1/s",
                         "plain LMDB, the same groups")
    writes.ours.append(ours["rate"])
    writes.peers.append(plain["rate"])
    return [size, writes]


def _rates(bench, caches, sizes, few, repetitions, quick):
    names = bench.names("127.1.0.0/16")
    daemons = {records: bench.cbvd(names, cache=directory) for records, directory in caches.items()}

    def rate(records):
        # The hosts of bench-store.
        said = daemons[records].ask(address="u{i}@d{h}.bench.example", hosts=records // 10 + 1, among=records,
                                    fresh="no", connections=CONNECTIONS, total=20_000 if quick else 200_000)
        return said["rate"]

    rows = []
    for records in sizes:
        for known in (few, records):
            rate(known)  # so that neither reads from the disk what the other has in memory
        row = measure.Row(5, f"verdicts from a cache of {records:,}, unix socket, {CONNECTIONS} connections", "1/s",
                          f"the same from {few:,}", "0.8")
        rows.append(measure.paired(row, lambda known=records: rate(known), lambda: rate(few), repetitions))
    for daemon in daemons.values():
        daemon.stop()
    return rows


def _openings(bench, directory, records, repetitions):
    rows = []
    for cold, what in (("no", "in memory"), ("yes", "not in memory")):
        row = measure.Row(16, f"time to open a cache of {records:,} and to find a verdict, file {what}", "ms",
                          reach="100")

        def opened(cold=cold):
            words = [bench.program("bench-store"), "--do", "open", "--directory", str(directory)]
            return bench.json_of([*words, "--among", str(records), "--cold", cold])["all_ms"]

        opened()
        rows.append(measure.repeated(row, opened, repetitions))
    return rows
