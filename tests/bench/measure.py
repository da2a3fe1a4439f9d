"""How figures are taken: pairs side by side, the median of their ratios, and no figure of a disturbed machine."""

import json
import os
import platform
import statistics

STEAL_MAX = 0.10  # of all processor time, beyond which a repetition does not count


def _processor_times():
    with open("/proc/stat", encoding="ascii") as file:
        return [int(word) for word in file.readline().split()[1:9]]


class Steal:
    """The share of processor time that others took while it was open."""

    def __enter__(self):
        self._before = _processor_times()
        return self

    def __exit__(self, *_):
        spent = [after - before for after, before in zip(_processor_times(), self._before)]
        self.share = spent[7] / max(sum(spent), 1)


class Row:
    """One line of the table. A ratio above 1 is for cbv where more is better, below 1 where less is."""

    def __init__(self, target, what, unit, peer_name="", reach=""):
        self.target, self.what, self.unit = target, what, unit
        self.peer_name, self.reach = peer_name, reach
        self.ours, self.peers, self.dropped = [], [], 0

    def ratios(self):
        return [ours / peer for ours, peer in zip(self.ours, self.peers) if peer]

    def facts(self):
        made = {
            "target": self.target,
            "what": self.what,
            "unit": self.unit,
            "cbv": statistics.median(self.ours) if self.ours else None,
            "all": self.ours,
            "dropped": self.dropped,
            "reach": self.reach,
        }
        if self.peers:
            made["peer"] = self.peer_name
            made["peer_median"] = statistics.median(self.peers)
            made["peer_all"] = self.peers
            made["ratio"] = statistics.median(self.ratios())
        return made


def paired(row, ours, peer, repetitions):
    """Runs both in turn, either one first, until so many pairs count; gives up after twice as many."""
    for attempt in range(2 * repetitions):
        if len(row.ours) == repetitions:
            break
        with Steal() as steal:
            if attempt % 2:
                theirs = peer()
                mine = ours()
            else:
                mine = ours()
                theirs = peer()
        if steal.share > STEAL_MAX:
            row.dropped += 1
            continue
        row.ours.append(mine)
        row.peers.append(theirs)
    return row


def repeated(row, ours, repetitions):
    """The same for what needs no peer."""
    for _ in range(2 * repetitions):
        if len(row.ours) == repetitions:
            break
        with Steal() as steal:
            mine = ours()
        if steal.share > STEAL_MAX:
            row.dropped += 1
            continue
        row.ours.append(mine)
    return row


def _short(number):
    if number is None:
        return "-"
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def table(rows):
    lines = ["| target | what | cbv | peer | ratio | spread | to reach |", "|---|---|---|---|---|---|---|"]
    for row in rows:
        facts = row.facts()
        spread = row.ratios() or row.ours
        peer = f"{_short(facts['peer_median'])} ({row.peer_name})" if row.peers else "-"
        lines.append(
            f"| {row.target} | {row.what}, {row.unit} | {_short(facts['cbv'])} | {peer}"
            f" | {_short(facts.get('ratio'))} | {_short(min(spread, default=None))} to"
            f" {_short(max(spread, default=None))} | {row.reach} |"
        )
    return "\n".join(lines)


def machine():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return {
        "processors": os.cpu_count(),
        "model": names[0] if names else platform.machine(),
        "kernel": platform.release(),
        "load": os.getloadavg()[0],
    }


def write_json(path, rows):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"machine": machine(), "rows": [row.facts() for row in rows]}, file, indent=1)
        file.write("\n")
