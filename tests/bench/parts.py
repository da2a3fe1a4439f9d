"""The programs that a benchmark starts, each gone when its `with` ends."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SMTP_PORT = 2525
HOSTS_MAX = 65536  # of NAMES, each with a domain d0, d1, ... of its own

NAMES = """
zone
  $TTL 3600
  d{{0-65535}}.bench.example.  MX  10 m{{}}.bench.example.
  m{{0-65535}}.bench.example.  A   {network}
"""

# What the peers do not do either is switched off, and the limits per host are lifted.
SETTINGS = """
[log]
level = "warning"
[server]
clients_max = {clients_max}
threads = {threads}
[listen]
unix = ["{folder}/socket"]
tcp = [{tcp}]
{policy}
[dns]
servers = ["{names}"]
[dns.cache]
entries_max = 1000000
[callout]
helo_name = "probe.bench.example"
port = {port}
permit_networks = ["127.0.0.0/8", "10.0.0.0/8"]
tls = "never"
catch_all_test = "off"
callouts_max = {callouts_max}
waiting_max = 100000
resting_sessions_max = 10000
[callout.per_host]
connections_max = {connections_max}
waiting_max = 100000
sessions_per_minute = 100000
refusals_per_minute = 100000
rcpts_per_session = 10000
refusals_per_session = 10000
idle = "{idle}"
[cache]
directory = "{folder}/cache"
[self_test]
at_start = false
"""


class Bench:
    """Where the programs are, and a folder that goes away."""

    def __init__(self, build, stack):
        self.build = pathlib.Path(build).resolve()
        self._stack = stack
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cbv-bench-"))
        stack.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def program(self, name):
        folder = "tests/bench" if name.startswith("bench-") else "tools"
        return str(self.build / folder / name)

    def start(self, words, inside=None, ready=None):
        """Starts a program; waits for a line that begins with `ready`, and returns it with the process."""
        if inside:
            words = ["ip", "netns", "exec", inside, *words]
        errors = open(self.folder / "errors", "ab")
        running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=errors, text=True)
        errors.close()
        self._stack.callback(self.stop, running)
        line = ""
        while ready and not line.startswith(ready):
            line = running.stdout.readline()
            if not line:
                raise RuntimeError(f"{words[0]} did not start: {(self.folder / 'errors').read_text()}")
        return running, line

    @staticmethod
    def stop(running):
        """Ends it, and returns what it has printed."""
        if running.poll() is None:
            running.send_signal(signal.SIGTERM)
        try:
            return running.communicate(timeout=20)[0]
        except subprocess.TimeoutExpired:
            running.kill()
            return running.communicate()[0]
        except ValueError:  # it was ended before
            return ""

    def names(self, network, inside=None, more=""):
        """Serves NAMES and more; returns address:port."""
        world = self.folder / f"names-{len(os.listdir(self.folder))}.world"
        world.write_text(NAMES.format(network=network) + more)
        _, line = self.start([self.program("cbv-sim"), "--quiet", str(world)], inside, "ready")
        return line.split("dns=")[1].split()[0]

    def mail_host(self, *options, port=SMTP_PORT, inside=None):
        self.start([self.program("bench-mail-host"), "--port", str(port), *options], inside, "ready")
        return port

    def smtp_sink(self, port=SMTP_PORT):
        """Postfix's, at all addresses."""
        self.start(["smtp-sink", "-u", "nobody", f"inet:0.0.0.0:{port}", "4096"])
        wait_for(lambda: connects("127.0.0.1", port), "smtp-sink")
        return port

    def cbvd(self, names, inside=None, cache=None, idle="0s", connections_max=2, callouts_max=15000, port=SMTP_PORT,
             tcp="", policy=False, clients_max=1000, threads=0, more=""):
        return Cbvd(self, names, inside, cache, more, idle=idle, connections_max=connections_max, callouts_max=callouts_max,
                    port=port, tcp=tcp, policy=policy, clients_max=clients_max, threads=threads)

    def json_of(self, words, inside=None, timeout=300):
        """Runs a program of ours that prints JSON."""
        if inside:
            words = ["ip", "netns", "exec", inside, *words]
        done = subprocess.run(words, capture_output=True, text=True, timeout=timeout, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr)
        return json.loads(done.stdout)

    def prober(self, inside=None, **options):
        return self.json_of([self.program("bench-prober"), *_options(options)], inside)

    def link(self, delay_ms):
        return Link(self, self._stack, delay_ms)


class Cbvd:
    """A daemon with an empty cache, or with that of another folder."""

    def __init__(self, bench, names, inside, cache, more, **settings):
        self._bench, self._inside = bench, inside
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=bench.folder, prefix="cbvd-"))
        self.folder.chmod(0o755)  # a Postfix may have to come in
        if cache:
            (self.folder / "cache").symlink_to(cache)
        config = self.folder / "cbvd.toml"
        policy = f'[policy_service]\nunix = ["{self.folder}/policy"]\nunix_mode = "0666"' if settings.pop("policy") else ""
        config.write_text(SETTINGS.format(folder=self.folder, names=names, policy=policy, **settings) + more)
        self.process, _ = bench.start([bench.program("cbvd"), "--config", str(config)], inside)
        wait_for(lambda: connects_to_path(self.folder / "socket"), "cbvd")

    def ask(self, start_only=False, **options):
        """Asks; returns what bench-ask says, or with start_only the process that asks."""
        words = [self._bench.program("bench-ask"), "--socket", str(self.folder / "socket"), *_options(options)]
        if start_only:
            return self._bench.start(words, self._inside)[0]
        said = self._bench.json_of(words, self._inside)
        wrong = {name: count for name, count in said["verdicts"].items() if name != "deliverable accepted"}
        if wrong:
            raise RuntimeError(f"not all were accepted: {wrong}")
        return said

    def pid(self):
        # "ip netns exec" becomes the program: the process is cbvd itself.
        return self.process.pid

    def resident_octets(self):
        for line in pathlib.Path(f"/proc/{self.pid()}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no VmRSS")

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid()}/fd"))

    def stop(self):
        self._bench.stop(self.process)


class Link:
    """Two network namespaces, `here` and `there`, with a delay between them; `there` has 10.100.0.0/16."""

    NETWORK = "10.100.0.0/16"

    def __init__(self, bench, stack, delay_ms):
        mark = os.getpid()
        self.here, self.there = f"cbv-here-{mark}", f"cbv-there-{mark}"
        for name in (self.here, self.there):
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
        devices = {self.here: "line0", self.there: "line1"}
        bench.start(["nice", "-n", "-15", bench.program("bench-link"), "--from", self.here, "--from-device", "line0",
                     "--to", self.there, "--to-device", "line1", "--delay-us", str(delay_ms * 1000)], ready="ready")
        for name, own, other in ((self.here, "10.99.0.1", "10.99.0.2"), (self.there, "10.99.0.2", "10.99.0.1")):
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "addr", "add", own, "peer", other, "dev", devices[name])
            _ip("-n", name, "link", "set", devices[name], "txqueuelen", "20000", "up")
        _ip("-n", self.here, "route", "add", self.NETWORK, "dev", "line0")
        _ip("-n", self.there, "route", "add", "local", self.NETWORK, "dev", "lo")


def _ip(*words):
    subprocess.run(["ip", *words], check=True)


def _options(options):
    words = []
    for name, value in options.items():
        words += ["--" + name.replace("_", "-"), str(value)]
    return words


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def connects(address, port):
    with contextlib.suppress(OSError), socket.create_connection((address, port), 1):
        return True
    return False


def connects_to_path(path):
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        return True
    return False


def wait_for(condition, what, seconds=20.0):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what} is not there")
        time.sleep(0.01)
