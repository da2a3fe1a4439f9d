dnl Sendmail 8.14 or later looks recipients up in cbvd as in a map. Copy this to /etc/mail/cbv.m4, put
dnl
dnl     include(`/etc/mail/cbv.m4')dnl
dnl
dnl at the end of sendmail.mc, and make sendmail.cf anew. cbvd listens where the maps say: tcp = ["127.0.0.1:8028"]
dnl below [socketmap] in /etc/cbv/cbvd.toml. Its `wait' there (20s) is less than the 30s after which Sendmail gives up.
dnl
dnl   no such mailbox                550 5.1.1, in the dialogue: the sender's own server tells its user
dnl   not known yet, or not at all   450 4.x.x: the client comes again, and finds the answer ready
dnl   the mailbox exists             on with Sendmail's own checks, of relaying first
dnl   cbvd is not there              451 4.3.0
dnl
dnl Asked about is who is in a domain that this host relays for, as RELAY_DOMAIN() and RELAY_DOMAIN_FILE() name them,
dnl or below one.
dnl
LOCAL_CONFIG
# The name of a map is what cbvd is asked for. -f: case is kept; -q: so are quotes; -T: what follows a key that could
# not be looked up.
Krecipient socket -f -q -T<CBVTMPF> inet:8028@127.0.0.1
Ksender socket -f -q -T<CBVTMPF> inet:8028@127.0.0.1

LOCAL_RULESETS
SLocal_check_rcpt
R$*				$: $>canonify $1
R$+ < @ $* $=R . >		$: <CBV> $(recipient $1 @ $2 $3 $)
R$+ < @ $* $=R >		$: <CBV> $(recipient $1 @ $2 $3 $)
R<CBV> $*			$@ $>CbvAnswer $| $1

# Senders are answered from memory only, unless callbacks.in_check of cbvd is set. Leave this out if they are not to be
# asked about at all. FEATURE(delay_checks) has them refused in the answer to RCPT TO, where the recipient is known.
SLocal_check_mail
R<>				$@ OK
R$*				$: $>canonify $1
R$+ < @ $+ . >			$: <CBV> $(sender $1 @ $2 $)
R$+ < @ $+ >			$: <CBV> $(sender $1 @ $2 $)
R<CBV> $*			$@ $>CbvAnswer Sender address rejected - $| $1

# What cbvd says is an action of Postfix's access(5): DUNNO, or a code, an enhanced code and a text. (From a text of your
# own, an [[advice.rule]] of cbvd, Sendmail takes the spaces next to , ; : + and the like. No quotes, no parentheses.)
SCbvAnswer
R$* $| $* <CBVTMPF>		$#error $@ 4.3.0 $: "451 Address cannot be verified now"
R$* $| $- $-.$-.$- $*		$#error $@ $3.$4.$5 $: $2 $1 $6
R$*				$@ OK
