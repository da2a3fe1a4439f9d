"""Postfix: by itself with reject_unverified_recipient and an empty address_verify_map, or asking a policy service."""

import subprocess

import parts

PORT = 2527  # asks its own verify(8)

MAIN = """
compatibility_level = 3.6
config_directory = {folder}/etc
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
smtpd_peername_lookup = no
smtp_dns_support_level = disabled
smtp_host_lookup = native
myhostname = edge.bench.example
mydestination =
relay_domains = bench.example
relay_transport = smtp:[127.0.0.1]:{far_port}
local_recipient_maps =
alias_maps =
alias_database =
address_verify_map = btree:{folder}/data/verify
smtpd_recipient_restrictions = reject_unverified_recipient, permit
smtpd_client_event_limit_exceptions = 127.0.0.0/8
smtpd_junk_command_limit = 1000000
in_flow_delay = 0
"""

MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
{more}
cleanup  unix       n - n -     0 cleanup
qmgr     unix       n - n 300   1 qmgr
rewrite  unix       - - n -     - trivial-rewrite
bounce   unix       - - n -     0 bounce
defer    unix       - - n -     0 bounce
trace    unix       - - n -     0 bounce
verify   unix       - - n -     1 verify
smtp     unix       - - n -     - smtp
relay    unix       - - n -     - smtp
error    unix       - - n -     - error
retry    unix       - - n -     - error
anvil    unix       - - n -     1 anvil
tlsmgr   unix       - - n 1000? 1 tlsmgr
postlog  unix-dgram n - n -     1 postlogd
"""


SERVICE = """127.0.0.1:{port} inet n - n - - smtpd
  -o {{ smtpd_recipient_restrictions = check_policy_service unix:{socket}, permit }}"""


class Verifier:
    """`services` are sockets of policy services, by the port at which Postfix asks them."""

    def __init__(self, bench, far_port, services=None):
        folder = bench.folder / "postfix"
        for part in ("etc", "queue", "data"):
            (folder / part).mkdir(parents=True)
        bench.folder.chmod(0o755)
        more = "\n".join(SERVICE.format(port=port, socket=path) for port, path in (services or {}).items())
        values = {"folder": folder, "far_port": far_port, "port": PORT, "more": more}
        (folder / "etc/main.cf").write_text(MAIN.format(**values))
        (folder / "etc/master.cf").write_text(MASTER.format(**values))
        subprocess.run(["chown", "postfix", str(folder / "data")], check=True)
        config = str(folder / "etc")
        subprocess.run(["postfix", "-c", config, "check"], check=True, capture_output=True)
        bench.start(["/usr/lib/postfix/sbin/master", "-c", config, "-d"])
        parts.wait_for(lambda: parts.connects("127.0.0.1", PORT), "Postfix")
        self._bench, self._asked = bench, 0

    def first_answer_ms(self):
        """From RCPT to its reply, for an address that was never seen."""
        self._asked += 1
        return self._bench.prober(port=PORT, sessions=1, total=1, first=self._asked, held="yes",
                                  recipient="new{i}@d0.bench.example")["p50_ms"]
