#include "cbv/smtp/reply_rules.hpp"

#include <array>

namespace cbv::smtp {
namespace {

constexpr stage_set greeting = only(stage::greeting);
constexpr stage_set ehlo = only(stage::ehlo);
constexpr stage_set starttls = only(stage::starttls);
constexpr stage_set mail = only(stage::mail);
constexpr stage_set rcpt = only(stage::rcpt);
constexpr stage_set before_mailbox = greeting | ehlo | mail;
constexpr stage_set anywhere = before_mailbox | starttls | rcpt;

constexpr code_range refusal{400, 599};
constexpr code_range transient{400, 499};
constexpr code_range permanent{500, 599};

// The order, and why it is so:
//
// 1. Replies about a mailbox that look as if they were about us, each known by its exact words.
// 2. What speaks of us: our address, name, sender, rate, reputation. Servers that delay their
//    checks until RCPT say it there, with any code and any enhanced code, 5.1.1 too. So it comes
//    before all that follows.
// 3. What speaks of a trouble that passes, and every 4xx: never a rejection.
// 4. Refusals before RCPT: never about a mailbox.
// 5. At RCPT, and with a 5xx only, what speaks of the mailbox: words that say so outright, then the
//    enhanced code, then words that say so by custom.
// 6. All else is unknown, and has to stay so: a wording that nobody has thought of proves nothing.
constexpr std::array rules{
    // 1. The mailbox, in disguise.
    reply_rule{"edge_blocking", rcpt, permanent, "5.4.1",
               "recipient address/addresses rejected access denied", "microsoft",
               reason::mailbox_not_found,  // Microsoft 365, for what is not in its directory
               "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"},
    reply_rule{"not_in_name_book", rcpt, permanent, "",
               "user/recipient/address _ not listed|not listed in domino/public/name", "domino",
               reason::mailbox_not_found,
               "550 bob@example.org... User not listed in public Name & Address Book"},
    reply_rule{"addressee_unknown", rcpt, permanent, "", "addressee unknown", "att",
               reason::mailbox_not_found,  // AT&T, which quotes our address behind it
               "550 5.2.1 <bob@example.org>... Addressee unknown, relay=[198.51.100.9]"},
    reply_rule{"blocked_for_inactivity", rcpt, permanent, "",
               "mailbox/account/user/address _ blocked/disabled/suspended/closed/locked due to "
               "inactivity|mailbox/account/user/address _ "
               "blocked/disabled/suspended/closed/locked for inactivity",
               "", reason::mailbox_disabled,
               "550 5.2.1 This mailbox has been blocked due to inactivity"},
    reply_rule{"receiving_too_fast", rcpt, refusal, "",
               "receiving mail at a rate|receiving mail too quickly", "google",
               reason::try_later,  // it exists, and is busy
               "550-5.2.1 The user you are trying to contact is receiving mail at a rate that\n"
               "550 5.2.1 prevents additional messages from being delivered."},

    // 2. About us.
    reply_rule{"greylisted", anywhere, refusal, "",
               "greylist*/graylist*/postgrey*/*.greylist*|grey/gray list/listed/listing|not yet "
               "authorized",
               "", reason::greylisted,
               "450 4.2.0 <bob@example.org>: Recipient address rejected: Greylisted, see "
               "http://postgrey.schweikert.ch/help/example.org.html"},
    reply_rule{"tls_required_code", ehlo | mail | rcpt, refusal, "x.7.10", "", "",
               reason::tls_required, "530 5.7.10 Secure channel needed"},
    reply_rule{"tls_required", ehlo | mail | rcpt, refusal, "",
               "issue _ starttls|starttls _ required|starttls first|tls/ssl/encryption _ "
               "required/needed/mandatory|requires/require/use tls/starttls/encryption|encrypted "
               "connection/session/channel _ required",
               "", reason::tls_required, "530 5.7.0 Must issue a STARTTLS command first"},
    reply_rule{"blocklist", anywhere, refusal, "",
               "block/blocked/blocking/blocklist*/blacklist*/denylist*/blackholed|block/black/deny "
               "list/listed/lists|dnsbl*/*.dnsbl*/rbl/rbls/*.rbl.*/sbl/xbl/pbl|"
               "is/are/was/been/be/currently/ip/address listed|listed in/on/at/by/with",
               "", reason::prober_blocked,
               "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using "
               "zen.spamhaus.org"},
    reply_rule{"blocklist_name", anywhere, refusal, "",
               "*spamhaus*/*spamcop*/*sorbs*/*barracudacentral*/*uceprotect*/*abuseat*/*abusix*/"
               "*njabl*/*surriel*/*spamrats*/*mailspike*/*invaluement*/*senderscore*/*senderbase*/"
               "*talosintelligence*/*backscatterer*/*surbl*/*nixspam*/*gbudb*/"
               "*ipcheck.proofpoint*/*delist*/*unblock*",
               "", reason::prober_blocked, "550 https://lookup.abusix.com/search?q=192.0.2.1"},
    reply_rule{"reputation", anywhere, refusal, "",
               "reputation/spam/spammer/spammers/spamming/antispam/junk/junkmail/unsolicited/abuse/"
               "abusive/malware/virus/viruses/phishing/phish/spoof*/forged/forgery/suspicious/"
               "banned/ban/complaint/complaints/botnet/harvest*/attack/attacks/spamtrap/spamtraps/"
               "honeypot|bulk mail/email|"
               "volume of",
               "", reason::prober_blocked,
               "554 Your access to this mail system has been rejected due to the sending MTA's "
               "poor reputation."},
    reply_rule{"quotes_us", anywhere, refusal, "", "$us", "", reason::prober_blocked,
               "550 Go away, 198.51.100.9"},
    reply_rule{"callback", mail | rcpt, refusal, "", "callback/callbacks|call back|sender callout",
               "", reason::prober_blocked,  // they verify us, while we verify them
               "550-Callback setup failed while verifying <verify@example.net>\n"
               "550-The initial connection, or a HELO or MAIL FROM:<> command was\n"
               "550 rejected."},
    reply_rule{"null_sender", mail | rcpt, permanent, "",
               "<>|null/empty/blank/missing/no/nil sender/senders/envelope/from/reversepath/return/"
               "reverse/returnpath/originator/mailfrom|sender _ empty/blank/null/required|null "
               "address/path|need a sender|without a sender|empty mail from",
               "", reason::null_sender_refused,
               "553 Requested action not taken: NULL sender is not allowed"},
    reply_rule{
        "sender_at_mail", mail, permanent, "",
        "sender/senders/originator/from/envelope/returnpath/reversepath/mailfrom _ "
        "address/rejected/denied/refused/invalid/unknown/not/verify/domain/sender|"
        "bad/invalid/unknown/illegal/malformed sender/from/originator/address/returnpath/"
        "reversepath|return path|reverse path|badmailfrom|address rejected/invalid|mail from",
        "", reason::null_sender_refused,
        "553 5.7.1 sorry, your envelope sender is in my badmailfrom list (#5.7.1)"},
    reply_rule{"sender_code_at_mail", mail, permanent, "5.1.7|5.1.8|5.7.27", "", "",
               reason::null_sender_refused, "501 5.1.7 Syntax error in mailbox"},
    reply_rule{"sender", anywhere, refusal, "",
               "sender/senders/originator _ verify/verification/address/addresses/rejected/denied/"
               "refused/domain/domains/not/must/unknown/invalid/callout/callback/check/policy/ip/"
               "host/server/email/authentication/unauthenticated/unauthorized/does/doesnt|sending "
               "address/domain/email|sender/senders/originator/originating/reply/envelope/caller/"
               "calling/srs/tagged/hash/from/source/return/your account/mailbox/user/address|"
               "bad/invalid/unknown/unverified/unauthenticated/unauthorized/illegal/this/the/your/"
               "envelope/from/of sender|senderverify|return path|reverse path|returnpath|"
               "reversepath|mail from|mailfrom|badmailfrom|your email address|header from|"
               "postmaster verification/address/mailbox|verify you/your|verification of your",
               "", reason::prober_blocked,
               "550-Verification failed for <verify@example.net>\n550-Called:   192.0.2.1\n"
               "550-Sent:     RCPT TO:<verify@example.net>\n"
               "550-Response: 550 5.1.1 User unknown\n550 Sender verify failed"},
    reply_rule{"sender_code", anywhere, refusal, "x.1.7|x.1.8|x.7.27", "", "",
               reason::prober_blocked, "553 5.1.8 Domain does not resolve"},
    reply_rule{
        "relay", rcpt, permanent, "",
        "relay/relaying/relayed _ denied/prohibited/disallowed/refused/forbidden/rejected|"
        "relay/relaying not|relay access/operation/attempt/service|"
        "unable/refuse/refused/refuses/permitted/allowed/authorized/authorised to "
        "relay/relaying|cannot/cant/dont/not/no/wont relay/relaying|as _ relay|open/this relay|"
        "list of allowed rcpthosts|cannot deliver mail for|not _ local/hosted/our "
        "domain|domain _ not hosted/local/accepted/served/handled/configured|no longer "
        "hosted|not hosted here/on|not handle/handling/accept/accepting/serve/host "
        "mail/email for|dont/doesnt handle/accept/serve/host mail/email for|not responsible "
        "for|tenantattribution/tenantinboundattribution|nonaccepted domain|mail/email for "
        "this domain",
        "", reason::relay_denied, "554 5.7.1 <bob@example.org>: Relay access denied"},
    reply_rule{"domain_unknown", rcpt, permanent, "",
               "no such domain|unknown/invalid/unrecognized/bad domain|domain _ "
               "unknown/invalid|domain _ not found/exist/recognized|domain _ does/do not "
               "exist|domain doesnt/isnt *|host unknown|host not found|no such host",
               "", reason::relay_denied,
               "550 <bob@example.org>... Host unknown (Name server: host not found)"},
    reply_rule{"our_network", anywhere, refusal, "",
               "client/clients|your/sending/source/connecting/remote "
               "ip/ips/host/hostname/server/domain/isp/network/system/mta/ptr/rdns/mailserver/"
               "location/country/provider/connection|this ip/ips/network/country/isp/connection/"
               "location|your mail server/system/host|from "
               "your/this/that/dynamic/unknown/generic/residential "
               "ip/ips/host/hosts/server/servers/address/addresses/domain/network/location/country/"
               "range/ranges/system/isp/provider|from you|you must/need/cannot|you are "
               "not/using/on/from/sending|ip/host/remote/network/peer/mx "
               "address/addresses/range/ranges/lookup/name|reverse "
               "hostname/lookup/name/resolution/record/mapping/entry|"
               "reversedns/rdns/ptr/fcrdns/fqdn/dns/dynamic/dialup/residential/dul/geoip|fully "
               "qualified|user agent|connection/connections rejected/denied/not|find "
               "your|cannot/cant/couldnt resolve|unable to resolve|could not resolve|traffic not "
               "accepted|no/not accept/accepting/accepted connections/traffic|"
               "accept/accepts/accepting/accepted mail/email/messages/message "
               "from|mail/email/messages _ from",
               "", reason::prober_blocked,
               "550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]"},
    reply_rule{"our_network_code", anywhere, refusal, "x.7.25", "", "", reason::prober_blocked,
               "550 5.7.25 Validation failed"},
    reply_rule{"helo", anywhere, refusal, "", "helo/ehlo", "", reason::prober_blocked,
               "504 5.5.2 <probe>: Helo command rejected: invalid"},
    reply_rule{"sender_policy", anywhere, refusal, "",
               "spf/dkim/dmarc/*openspf*/senderid|sender policy framework", "",
               reason::prober_blocked,
               "550 5.7.23 <bob@example.org>: Recipient address rejected: Message rejected due to: "
               "SPF fail - not authorized"},
    reply_rule{"bounce_protection", mail | rcpt, refusal, "",
               "batv/prvs/backscatter/bounce/bounces/bounced/ndr/ndrs/dsn/dsns|never/not/doesnt "
               "send/sends/sent|delivery status/reports|nondelivery report/reports",
               "", reason::prober_blocked,
               "550 5.1.1 Backscatter Protection detected an invalid or unauthenticated address"},
    reply_rule{"authentication", anywhere, refusal, "",
               "authenticat*/unauthenticat*/auth/asmtp/unauthorized/unauthorised/login/"
               "certificate|check _ "
               "mail first|not/must/be/are "
               "authorized/authorised",
               "", reason::prober_blocked,
               "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"},
    reply_rule{"mailbox_full_code", rcpt, refusal, "x.2.2", "", "", reason::mailbox_full,
               "452 4.2.2 The recipient cannot take more"},
    reply_rule{"mailbox_full", rcpt, refusal, "",
               "mailbox/inbox/account/user/quota/recipient/mailfolder/maildir _ full|full "
               "mailbox|recipient storage full|over _ quota|over _ allowed quota|overquota|quota _ "
               "exceeded|exceed* _ quota|exceed* _ disk/storage/mailbox quota|exceed* _ storage|"
               "mailbox _ exceed*|maximum mailbox size|not enough space/storage/disk",
               "", reason::mailbox_full, "550 Mailbox is full / Blocks limit exceeded"},
    reply_rule{"rate", anywhere, permanent, "",
               "too many/much/fast/frequent/often/quickly|rate/connection/message/recipient/"
               "sending/hourly/daily limit/limits/limited/limiting/exceeded|ratelimit*/throttl*/"
               "flood/flooding/concurrent/concurrency/frequency|limit/limits _ exceeded/reached|"
               "exceeded _ * limit",
               "", reason::prober_blocked, "550 Too many invalid recipients"},
    reply_rule{"policy", anywhere, refusal, "",
               "policy/policies/prohibition/whitelist*/allowlist*/quarantine*/challenge/filtered/"
               "filter/filters|administratively prohibited/denied/rejected|allow/white list|only "
               "accept/accepts/accepting|security reasons",
               "", reason::prober_blocked, "550 Administrative prohibition"},

    // RFC 7504's own words, before "server does not" is read as a trouble.
    reply_rule{"takes_no_mail_words",
               greeting,
               {521, 521},
               "-|5.3.2|5.3.0|5.1.10|5.0.0",
               "server/host/system does not accept mail|server/host/system doesnt accept mail",
               "",
               reason::host_takes_no_mail,
               "521 Server does not accept mail (see RFC 7504)"},

    // 3. What passes.
    reply_rule{"trouble", anywhere, permanent, "",
               "temporar*/unverified/transient/later|try/retry again/after|not at this time|at "
               "this/the moment|right now|currently "
               "unavailable/not/unable/closed/down/busy/offline/overloaded|"
               "service/server/system/host/directory/database/backend _ "
               "unavailable/busy/down/overloaded/error/failure/problem/problems|"
               "service/server/system/directory not available|server/host/database/backend/store "
               "does/doesnt/was/not|"
               "internal/system/server/local/configuration/protocol/database/ldap/lookup/"
               "unexpected/processing/software/unknown error/errors/failure/failed/problem|"
               "misconfigur*/overload*/maintenance/timeout/timedout|timed out|connection "
               "refused/reset/failed/lost/closed|unable/failed to "
               "complete/verify/check/connect/validate/contact/process/perform|cannot/cant/couldnt "
               "complete/verify/check/connect/validate/contact/process/perform|could/can not "
               "complete/verify/check/connect/validate/contact/process/perform|in progress|no "
               "route|unreachable|loops/loop/looping|insufficient resources/system|out of "
               "memory/resources",
               "", reason::refused_other, "550 This service is temporarily unavailable"},
    reply_rule{"come_back",
               mail | rcpt,
               {450, 451},
               "",
               "come back|try/retry _ again in/after|retry/retried/wait "
               "in/after|triplet/tuplet|first time|in/for/wait/after * "
               "seconds/minutes/secs/mins/sec/min",
               "",
               reason::greylisted,
               "451 4.7.1 Please come back in 00:04:58"},
    reply_rule{"system_full_code",
               rcpt,
               {452, 452},
               "4.3.1|4.5.3",
               "",
               "",
               reason::try_later,
               "452 4.3.1 Insufficient system storage"},
    reply_rule{"system_full",
               rcpt,
               {452, 452},
               "",
               "too many|system storage/resources/load|out of memory/resources",
               "",
               reason::try_later,
               "452 Too many recipients received this hour"},
    reply_rule{"mailbox_full_452",
               rcpt,
               {452, 452},
               "",
               "",
               "",
               reason::mailbox_full,
               "452 <bob@example.org> Requested action not taken"},
    reply_rule{"tls_failed", starttls, refusal, "", "", "", reason::tls_failed,
               "454 4.7.0 TLS not available due to local problem"},
    reply_rule{"transient", anywhere, transient, "", "", "", reason::try_later,
               "451 4.3.0 Requested action aborted: local error in processing"},

    // 4. Before RCPT.
    reply_rule{"policy_code_early", before_mailbox, permanent, "5.7.*", "", "",
               reason::prober_blocked, "554 5.7.1 Go away"},
    reply_rule{"refused_early_words", before_mailbox, permanent, "",
               "denied/refused/rejected/forbidden/unwelcome/prohibited|not "
               "allowed/permitted/welcome|$ip",
               "", reason::prober_blocked, "554 mx.example.org ESMTP service denied"},
    // RFC 7504. postscreen drops whom it does not like with 521 as well: those were met above.
    reply_rule{"takes_no_mail",
               greeting,
               {521, 521},
               "-|5.3.2|5.3.0|5.1.10|5.0.0",
               "",
               "",
               reason::host_takes_no_mail,
               "521 mx.example.org does not accept mail"},
    reply_rule{"domain_takes_no_mail",
               greeting,
               {556, 556},
               "-|5.3.2|5.3.0|5.1.10|5.0.0",
               "",
               "",
               reason::host_takes_no_mail,
               "556 5.1.10 Domain does not accept mail"},
    reply_rule{"refused_early", before_mailbox, permanent, "", "", "", reason::refused_other,
               "554 No SMTP service here"},

    // 5. The mailbox.
    reply_rule{"moved_code", rcpt, permanent, "5.1.6", "", "", reason::mailbox_moved,
               "550 5.1.6 recipient no longer on server: bob@example.org"},
    reply_rule{
        "no_such_user", rcpt, permanent, "",
        "user/users/recipient/mailbox/account/address/addresses/alias/inbox/username/userid/"
        "localpart/mailaddress/person/@ _ unknown|"
        "unknown user/recipient/recipients/mailbox/account/address/addressee/alias/email/"
        "localpart/username/userid/mailaddress|"
        "unknown local/virtual/mail user/part/recipient/mailbox|"
        "unknown or illegal/invalid alias/user/recipient/mailbox/address/account|"
        "invalid or unknown *|userunknown/useruknown/nosuchuser/usernotfound/*recipnotfound/"
        "*recipientnotfound|"
        "no such user/users/recipient/mailbox/account/address/addressee/alias/email/person/"
        "username/local/mail/name/inbox/localpart|"
        "user/recipient/mailbox/account/address/addressee/alias/inbox/username/person/email/@ _ "
        "not found/known/recognized/recognised/exist/exists/registered|"
        "user/recipient/mailbox/account/address/addressee/alias/inbox/username/person/email/rcpt/@ "
        "_ does/do/did not exist/exists|"
        "user/recipient/mailbox/account/address/addressee/alias/inbox/username/person/email/rcpt/@ "
        "_ doesnt/dont/didnt exist/exists|"
        "user/recipient/mailbox/account/address/addressee/alias/username/email/@ _ could/can not "
        "be found/located|"
        "user/recipient/mailbox/account/address/addressee/alias/username/email/@ _ "
        "couldnt/cannot/cant be found/located|"
        "user/mailbox/account/recipient * does not exist|user/mailbox/account * doesnt exist|"
        "user * was not found|you tried/trying to reach/contact does not exist|"
        "you are trying to reach/contact does not exist|address you entered could not be found|"
        "address you entered couldnt be found|"
        "nonexistent/nonexisting/inexistent user/recipient/mailbox/account/address/email|"
        "invalid user/recipient/recipients/mailbox/account/addressee/alias/username|"
        "user/recipient/mailbox/account/addressee/alias/username _ invalid|marked as invalid|"
        "not _ valid/known/local user/recipient/mailbox/username|not _ valid account|"
        "no mailbox/account/user/recipient/one/address/mail here/found/by/with/box/named/called|"
        "there is no one|nobody here/by|"
        "user doesnt have a * account|user does not have a * account|doesnt/dont have an account|"
        "does not have an account|not our customer/user|not _ customer/subscriber/member|"
        "unrouteable/unroutable|not in my validrcptto|"
        "not found/present/listed in _ directory|bad destination mailbox|"
        "recipient/user name _ not recognized",
        "", reason::mailbox_not_found,
        "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in local recipient "
        "table"},
    reply_rule{
        "no_such_user_elsewhere", rcpt, permanent, "",
        "utilisateur/destinataire/adresse/compte inconnu/inconnue/inexistant/inexistante|"
        "empfaenger/empf\u00e4nger/benutzer/adresse/postfach _ unbekannt|"
        "empfaenger/empf\u00e4nger/benutzer/adresse/postfach existiert nicht|"
        "usuario/destinatario/cuenta/buzon/buz\u00f3n desconocido/inexistente/desconocida|"
        "usuario/destinatario/cuenta no existe|no existe el/ese/la usuario/destinatario/cuenta|"
        "utente/destinatario/indirizzo sconosciuto/inesistente|utente non esiste/trovato|"
        "gebruiker onbekend|onbekende gebruiker/ontvanger|"
        "usu\u00e1rio/usuario desconhecido/inexistente",
        "", reason::mailbox_not_found, "550 Utilisateur inconnu"},
    reply_rule{
        "disabled", rcpt, permanent, "",
        "user/account/mailbox/recipient/address/inbox/alias/subscriber/@ _ "
        "disabled/inactive/suspended/deactivated/closed/terminated/discontinued/expired/locked/"
        "dormant/cancelled/canceled/deleted/removed/frozen/retired|"
        "account that you tried to reach _ disabled/inactive/suspended/deactivated|"
        "disabled/inactive/suspended/deactivated/closed/terminated/discontinued/expired/locked/"
        "dormant/cancelled/deleted user/account/mailbox/recipient/address/inbox/alias|"
        "user/account/mailbox/recipient/address/inbox/@ _ not active/enabled|"
        "user/account/mailbox/recipient/address/inbox/person/employee/@ _ no longer *|"
        "no longer valid/active/employed/works/working/monitored",
        "", reason::mailbox_disabled,
        "554 delivery error: dd This account has been disabled or discontinued [#102]."},
    reply_rule{"moved", rcpt, permanent, "",
               "user/mailbox/recipient/account/address _ moved/changed|has moved to", "",
               reason::mailbox_moved, "550 Mailbox has moved, please try <bob@example.net>"},
    reply_rule{"policy_code", rcpt, permanent, "5.7.*", "", "", reason::prober_blocked,
               "554 5.7.1 <bob@example.org>: Recipient address rejected: Access denied"},
    reply_rule{"policy_code_quoted", rcpt, permanent, "", "5.7.*", "", reason::prober_blocked,
               "550 5.1.1 host mx.example.org said: 554 5.7.1 No"},
    reply_rule{"not_found_code", rcpt, permanent, "5.1.1|5.1.10", "", "", reason::mailbox_not_found,
               "550 5.1.1 <bob@example.org> recipient rejected"},
    reply_rule{"disabled_code", rcpt, permanent, "5.2.1", "", "", reason::mailbox_disabled,
               "550 5.2.1 <bob@example.org>... not accepting messages"},
    reply_rule{"message_too_big",
               rcpt,
               {552, 552},
               "5.2.3|5.3.*",
               "",
               "",
               reason::refused_other,
               "552 5.3.4 Message size exceeds fixed limit"},
    reply_rule{"full_552",
               rcpt,
               {552, 552},
               "",
               "",
               "",
               reason::mailbox_full,
               "552 Requested mail action aborted"},
    reply_rule{"system_code", rcpt, permanent, "5.1.2", "", "", reason::relay_denied,
               "550 5.1.2 <bob@example.org>: bad destination system"},
    reply_rule{"name_not_allowed", rcpt, permanent, "-|5.1.*|5.0.0|5.5.0|5.2.0",
               "mailbox name not allowed|mailbox name _ invalid", "", reason::mailbox_not_found,
               "553 Requested action not taken: mailbox name not allowed"},
    reply_rule{"refused_words", rcpt, permanent, "",
               "denied/forbidden/prohibited/restricted|not allowed/permitted|$ip", "",
               reason::prober_blocked, "550 Recipient address rejected: Access denied"},
    // RFC 5321 gives this text for policy reasons, too. Those who mean the policy say more.
    reply_rule{"mailbox_unavailable", rcpt, permanent, "-|5.0.*|5.1.0|5.2.0|5.3.0|5.5.0",
               "mailbox _ unavailable|mailbox not available|mailbox unavaiable|"
               "user/recipient/account _ unavailable|user/account not available|unavailable mail "
               "user|bad/invalid address/recipient|address invalid",
               "", reason::mailbox_not_found,
               "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."},
    reply_rule{"address_rejected", rcpt, permanent, "5.1.0", "address rejected", "",
               reason::mailbox_not_found, "550 #5.1.0 Address rejected."},
    reply_rule{"moved_551",
               rcpt,
               {551, 551},
               "",
               "",
               "",
               reason::mailbox_moved,
               "551 User not local; please try <bob@example.net>"},
    reply_rule{"domain_takes_no_mail_556",
               rcpt,
               {556, 556},
               "",
               "",
               "",
               reason::relay_denied,
               "556 Domain does not accept mail"},

    // 6. The rest.
    reply_rule{"refused", rcpt, permanent, "", "", "", reason::refused_other,
               "554 Transaction failed"},
};

}  // namespace

std::span<const reply_rule> reply_rules() noexcept {
  return rules;
}

}  // namespace cbv::smtp
