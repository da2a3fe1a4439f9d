"""Exim as a peer: it answers RCPT by a callout. Unpacked by tools/e2e-servers, run under chroot as in tests/e2e."""

import os
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


UNPACKED = parts.ROOT / "build/e2e-servers/exim"


class Caller:
    def __init__(self, bench, far_port):
        self._bench, self._asked = bench, 0
        root = bench.folder / "exim"
        subprocess.run(["cp", "-a", str(UNPACKED), str(root)], check=True)
        bench.folder.chmod(0o755)
        root.chmod(0o755)
        (root / "etc/passwd").write_text(f"root:x:0:0::/:/bin/false\nDebian-exim:x:{USER}:{USER}::/srv:/bin/false\n")
        (root / "etc/group").write_text(f"root:x:0:\nDebian-exim:x:{USER}:\n")
        (root / "dev/null").touch()
        (root / "dev/null").chmod(0o666)
        (root / "etc/exim.conf").write_text(SETTINGS.format(port=far_port))
        for folder in ("srv/log", "srv/spool", "srv/spool/db"):
            (root / folder).mkdir(parents=True, exist_ok=True)
            os.chown(root / folder, USER, USER)
        bench.start(["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "chroot", str(root),
                     "exim4", "-C", "/etc/exim.conf", "-bdf", "-oX", f"[127.0.0.1]:{PORT}"])
        parts.wait_for(lambda: parts.connects("127.0.0.1", PORT), "Exim")

    def rate(self, checks, at_once=20):
        """RCPT a second, each at another domain, in sessions that are held: Exim has only the callouts to do."""
        first, self._asked = self._asked, self._asked + checks
        return self._bench.prober(port=PORT, sessions=at_once, total=checks, first=first, held="yes",
                                  recipient="u{i}@d{i}.bench.example")["rate"]
