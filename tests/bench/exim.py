"""Exim as a peer: it answers RCPT by a callout. Unpacked by tools/e2e-servers, run under chroot as in tests/e2e."""

import os
import pathlib
import shutil
import subprocess

import parts

PORT = 2526
USER = 64_800

SETTINGS = """
primary_hostname = edge.bench.example
spool_directory = /srv/spool
log_file_path = /srv/log/%slog
pid_file_path =
host_lookup =
smtp_accept_max = 0
smtp_accept_max_per_connection = 0
smtp_accept_max_nonmail = 1000000
smtp_load_reserve =
queue_only_load =
acl_smtp_rcpt = check_rcpt

begin acl
check_rcpt:
  accept verify = recipient/callout=30s

begin routers
far:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = smtp

begin transports
smtp:
  driver = smtp
  port = {port}
  hosts_try_dane =
  hosts_avoid_tls = *
"""


class Caller:
    """Use it in a `with`."""

    def __init__(self, bench, far_port):
        self._bench, self._far_port = bench, far_port
        unpacked = parts.ROOT / "build/e2e-servers/exim"
        self.is_there = unpacked.exists()
        self._unpacked = unpacked
        self._asked = 0

    def __enter__(self):
        if not self.is_there:
            return self
        root = self._bench.folder / "exim"
        subprocess.run(["cp", "-a", str(self._unpacked), str(root)], check=True)
        root.chmod(0o755)
        self._bench.folder.chmod(0o755)
        (root / "etc/passwd").write_text(f"root:x:0:0::/:/bin/false\nDebian-exim:x:{USER}:{USER}::/srv:/bin/false\n")
        (root / "etc/group").write_text(f"root:x:0:\nDebian-exim:x:{USER}:\n")
        null = root / "dev/null"
        null.touch()
        null.chmod(0o666)
        (root / "etc/exim.conf").write_text(SETTINGS.format(port=self._far_port))
        for folder in ("srv/log", "srv/spool", "srv/spool/db"):
            path = root / folder
            path.mkdir(parents=True, exist_ok=True)
            os.chown(path, USER, USER)
        self._bench.start(["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "chroot", str(root),
                           "exim4", "-C", "/etc/exim.conf", "-bdf", "-oX", f"[127.0.0.1]:{PORT}"])
        parts.wait_for(lambda: parts.connects("127.0.0.1", PORT), "Exim")
        return self

    def __exit__(self, *_):
        shutil.rmtree(self._bench.folder / "exim", ignore_errors=True)

    def rate(self, checks, at_once=20):
        """RCPT a second, each at another domain, in sessions that are held: Exim has only the callouts to do."""
        first, self._asked = self._asked, self._asked + checks
        return self._bench.prober(port=PORT, sessions=at_once, total=checks, first=first, held="yes",
                                  recipient="u{i}@d{i}.bench.example")["rate"]
