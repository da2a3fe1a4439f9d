#include <array>

#include "cbv/smtp/reply_rule_chapters.hpp"

namespace cbv::smtp::chapter {
namespace {

constexpr std::array rules{
    reply_rule{"greylisted", anywhere, refusal, "",
               "greylist*/graylist*/postgrey*/*.greylist*/*.graylist*|grey/gray "
               "list/listed/listing|not yet authorized|gl/greylst/milter.greylist",
               "", reason::greylisted,
               "450 4.2.0 <bob@example.org>: Recipient address rejected: Greylisted, see "
               "http://postgrey.schweikert.ch/help/example.org.html"},
    reply_rule{"tls_required_code", ehlo | mail | rcpt, refusal, "x.7.10", "", "",
               reason::tls_required, "530 5.7.10 Secure channel needed"},
    reply_rule{"tls_required", ehlo | mail | rcpt, refusal, "",
               "issue _ starttls|starttls _ required|starttls first|tls/ssl/encryption _ "
               "required/needed/mandatory|requires/require/use/using tls/starttls/encryption/ssl|"
               "encrypted connection/connections/session/channel _ required|only "
               "encrypted/secure connections|without tls/starttls/encryption",
               "", reason::tls_required, "530 5.7.0 Must issue a STARTTLS command first"},
    reply_rule{"closed_group", anywhere, permanent, "", "closed user group|closed usergroup",
               "qmail", reason::prober_blocked,
               "553 sorry, this MTA is a closed user group system (#5.7.1)"},
    reply_rule{"blocklist_name", anywhere, refusal, "",
               "*spamhaus*/*spamcop*/*sorbs*/*barracudacentral*/*uceprotect*/*abuseat*/*abusix*/"
               "*njabl*/*surriel*/*spamrats*/*mailspike*/*invaluement*/*senderscore*/*senderbase*/"
               "*talosintelligence*/*backscatterer*/*surbl*/*uribl*/*nixspam*/*gbudb*/*cloudmark*/"
               "*ipcheck.proofpoint*/*delist*/*unblock*/*mail.abuse*/*ivmsip*/*dnswl*",
               "", reason::prober_blocked, "550 https://lookup.abusix.com/search?q=192.0.2.1"},
    reply_rule{"blocklist", anywhere, refusal, "",
               "blocklist*/blacklist*/denylist*/blackholed|block/black/deny/blocked "
               "list/lists/listed|dnsbl*/*.dnsbl*/rbl/rbls/rbldns/*.rbl.*/sbl/xbl/pbl/dbl|liste "
               "noire|lista negra/nera|schwarze/schwarzen liste|zwarte lijst|czarna/czarnej "
               "lista/liscie|черн* списк*/список|*黑名单*/*黑名單*/*ブラックリスト*",
               "", reason::prober_blocked,
               "550 JunkMail rejected - probe.example.net [192.0.2.1]:4525 is in an RBL"},
    reply_rule{
        "reputation", anywhere, refusal, "",
        "reputation/spam/spamlike/spamid/spamprofiler/spamassassin/spamd/spamming/spambot/"
        "spammer/spammers/spammy/spams/antispam/junk/junkmail/"
        "unsolicited/abuse/abusive/malware/virus/viruses/phishing/phish/spoof*/forged/"
        "forgery/suspicious/suspected/banned/ban/complaint/complaints/botnet/harvest*/"
        "attack/attacks/spamtrap/spamtraps/honeypot/ube/uce/fraud/fraudulent/untrusted/"
        "distrusted/bulk|receive/receiving limit|volume of|score|confianza reputacion|*спам*|"
        "*垃圾*/*病毒*/*スパム*/*迷惑*",
        "", reason::prober_blocked,
        "554 Your access to this mail system has been rejected due to the sending MTA's "
        "poor reputation."},
    reply_rule{"quotes_us", anywhere, refusal, "", "$us", "", reason::prober_blocked,
               "550 Go away, 198.51.100.9"},
    reply_rule{"callback", mail | rcpt, refusal, "",
               "callback/callbacks|recipient/address/user/mailbox/account probing|call back|sender "
               "callout|envelope/mailfrom callout",
               "",
               reason::prober_blocked,  // they verify us, while we verify them
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
    // A refusal that has a word of senders in it is taken to be about one, whatever else it says.
    reply_rule{
        "sender", anywhere, refusal, "",
        "message/mail/email/your sending|sending for/disabled|outgoing/outbound "
        "mail/email/messages/message|sender/senders/originator/originators/mailfrom/badmailfrom/"
        "senderverify/badsender/"
        "returnpath/reversepath/sendername/sendersdomain|sending address/domain/email|"
        "originating/reply/replyto/header/sending/envelope/caller/calling/srs/tagged/hash/"
        "from/source/return/your "
        "account/mailbox/user/address|return path|reverse path|mail from|your email address|"
        "header from|postmaster verification/address/mailbox|verify you/your|verification of "
        "your|from *.* unknown/invalid|absender*/expediteur*/lexpediteur/emetteur/lemetteur/"
        "remitent*/mittente/mittenti/remetente/afzender/nadawca/nadawcy/odesilatel*/gonder*/"
        "odosielatel*/posiljatelj*/posiljalac*/posiljaoc*/sutitaj*/siuntej*/lahettaja*/saatja*/"
        "pengirim*/відправник*/надсилач*/адресант*/подател*/изпращач*/"
        "пошиљалац*/αποστολε*/*المرسل*/*מרסל*/*שולח*/*발신*/*송신*/*보낸*/"
        "avsandar*/envelopefrom/headerfrom/fromheader/*ผู้ส่ง*/afsender*/avsender*/felado*/expeditor*/"
        "отправител*/otpravitel*/*发件*/"
        "*寄件*/*发信*/*發信*/*寄信*/*发送*/*發送*/*来信*/*送信*/*差出*|nguoi "
        "gui|claim/claimed/claims/claiming|{yours} "
        "adresse/konto/compte/cuenta/direccion/account/indirizzo/casella/endereco/conta/adres/"
        "adresa/ucet/schranka/kontot/adress/osoite/postfach/boite/buzon/mailadresse/emailadresse/"
        "адрес/адреса/аккаунт/ящик/скринька/адресу/учетная/обліковий/облікова|az on "
        "cime/fiokja/postafiokja|{mailbox} "
        "dumneavoastra/σασ/anda/sitas|hesabiniz*/adresiniz*/osoitteesi/tilisi|*您的帐*/*您的账*/"
        "*您的帳*/"
        "*您的邮箱*/*您的信箱*/*您的地址*/*お客様の*/*あなたの*/*귀하의*",
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
        "unable/refuse/refused/refuses/permitted/allowed/authorized/authorised/try/trying to "
        "relay/relaying|cannot/cant/dont/not/no/wont relay/relaying|as _ relay|open/this/mail "
        "relay|relay your/mail/email|relaying mail/email|gateway not|not a gateway|"
        "list of allowed rcpthosts|domain isnt in|relay msg|cannot deliver mail for|not _ "
        "local/hosted/our "
        "domain|domain _ not hosted/local/accepted/served/handled/configured|no longer "
        "hosted|not hosted here/on|not/dont/doesnt handle/handling/accept/accepting/serve/host "
        "mail/email for|not responsible for|not handled by|"
        "tenantattribution/tenantinboundattribution|nonaccepted domain|mail/email for "
        "this domain|not local host|weiterleit* nicht|relais refuse/interdit|nonlocal",
        "", reason::relay_denied, "554 5.7.1 <bob@example.org>: Relay access denied"},
    reply_rule{
        "domain_unknown", rcpt, permanent, "",
        "hosted tenant|tenant has/is|{unknown} recipient/destination domain|recipient/destination "
        "domain _ {unknown}/{closed}|recipient/destination domain ~ {not}|no such "
        "domain|unknown/invalid/unrecognized/bad domain/tenant|domain/tenant _ "
        "unknown/invalid|domain/tenant/domainname ~ not found/exist/exists/recognized/known|domain "
        "mentioned|host not known|su servidor/ip/servidores|"
        "domain/tenant ~ does/do not exist|domain doesnt/isnt *|host unknown|host not "
        "found|no such host|nonexistent/inexistent/nonexisting/nonexistant "
        "domain|non existent/existant/existing domain|unrouteable/unroutable mail/email "
        "domain|dominio/domaine _ "
        "{not}/{unknown}|domain _ {not} gefunden/existiert|*域名*/*网域*/*網域*|{zone} ~ "
        "{unknown}|{zone} ~ {not} ~ {exist}|{unknown}/{none} _ {zone}|{zone} 찾을|"
        "*ドメインが*/*ドメインは*/*도메인*|domain * _ does not exist|"
        "destination system|unrouteable/unroutable/undeliverable domain/host/server",
        "", reason::relay_denied,
        "550 <bob@example.org>... Host unknown (Name server: host not found)"},
    reply_rule{
        "our_network", anywhere, refusal, "",
        "client/clients|your/sending/source/connecting ip/ips/host/hostname/"
        "server/domain/isp/network/mta/ptr/rdns/mailserver/location/country/provider/"
        "connection/machine|sending/source/connecting system|your system "
        "is/has/was/does/cannot/must/may/appears/seems/sent/sends/and/on/in/for/from/or/ip/address/"
        "name/hostname/needs/to/not|from/by/of your system|remote ip/ips/ptr/rdns/address|this "
        "ip/ips/network/country/isp/connection/location|your mail/smtp/email "
        "server/system/host|from "
        "your/this/that/dynamic/unknown/generic/residential "
        "ip/ips/host/hosts/server/servers/address/addresses/domain/network/location/country/"
        "range/ranges/system/isp/provider|from you|from which|you send|you "
        "sent|ip/ips/hostname/nameserver|you must/need/cannot|you are "
        "not/using/on/from/sending|ip/host/network/peer/mx "
        "address/addresses/range/ranges/lookup/name|reverse "
        "hostname/lookup/name/address/resolution/record/mapping/entry|"
        "reversedns/rdns/ptr/fcrdns/fqdn/dns/dynamic/dialup/residential/dul/geoip/geolocation|"
        "fully qualified|fullyqualified|user agent|rechnername*/hostnamen/hostnaam|nom "
        "dhote|nombre de/del host|"
        "connection/connections rejected/denied/not|find your|resolve _ "
        "host/hostname/domain/ip/your/mx/dns/reverse/ptr/helo/ehlo|traffic not "
        "accepted|no/not accept/accepting/accepted connections/traffic|"
        "accept/accepts/accepting/accepted mail/email/messages/message "
        "from|mail/email/messages/message _ from|ihre/ihr/ihrer/ihrem/votre/vos/tu/vostro/"
        "vostra/tuo/seu/sua/uw/jouw/vas/ваш/vash/twoj/panstwa _ "
        "ip/server/mailserver/serveur/servidor/server/host/сервер/rechner/adresse/serwer|"
        "serveur/servidor/servitore/serwer/szerver/palvelin/sunucu/sunucunuz/mailserver ~ "
        "{unknown}|сервер ~ {unknown}|*サーバ*/*ホスト*/*서버*/*服务器*/*伺服器*/*主机*/*主機*/"
        "*反向*/*解析*/*ip地址*/*ipアドレス*/*客户端*/*客戶端*/*ip位址*/*记录*/*記錄*/*紀錄*/"
        "*レコード*/*逆引*|ваш/ваша/ваше/"
        "вашого/sizin/ihr/ihre/votre/tu/su/din/dit/teidan "
        "{zone}",
        "", reason::prober_blocked,
        "550 5.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]"},
    reply_rule{"our_network_code", anywhere, refusal, "x.7.25", "", "", reason::prober_blocked,
               "550 5.7.25 Validation failed"},
    reply_rule{"helo", anywhere, refusal, "", "helo/ehlo", "", reason::prober_blocked,
               "504 5.5.2 <probe>: Helo command rejected: invalid"},
    reply_rule{"sender_policy", anywhere, refusal, "",
               "spf/dkim/dmarc/*openspf*/senderid/arc|sender policy framework", "",
               reason::prober_blocked,
               "550 5.7.23 <bob@example.org>: Recipient address rejected: Message rejected due to: "
               "SPF fail - not authorized"},
    reply_rule{"bounce_protection", mail | rcpt, refusal, "",
               "batv/prvs/backscatter/bounce/bounces/bounced/ndr/ndrs/dsn/dsns|never/not/doesnt "
               "send/sends/sent|delivery status/reports|nondelivery report/reports|rucklaufer",
               "", reason::prober_blocked,
               "550 5.1.1 Backscatter Protection detected an invalid or unauthenticated address"},
    reply_rule{"authentication", anywhere, refusal, "",
               "authenticat*/unauthenticat*/auth/asmtp/unauthorized/unauthorised/login/"
               "certificate/permission/permissions/preferences/privilege/privileges/password/"
               "passwd/credentials/angemeldet/anmeldung/ingelogd/zalogowan*/authentifi*/autentic*/"
               "autentif*/"
               "autenti*/uwierzyteln*/prihlasen*/inloggad/аутентифи*/авториз*/автентиф*/*认证*/"
               "*密码*/*密碼*/"
               "*認證*/*登录*/"
               "*登入*/*認証*/*ログイン*/*인증*/*로그인*|check _ "
               "mail first|not/must/be/are/isnt "
               "authorized/authorised|does/do not want/wish|doesnt want",
               "", reason::prober_blocked,
               "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required"},
    // Said to AUTH, and to nothing else.
    reply_rule{"authentication_code",
               rcpt,
               {535, 535},
               "",
               "",
               "",
               reason::prober_blocked,
               "535 5.7.8 user unknown"},
    reply_rule{
        "rate", anywhere, permanent, "",
        "too much/fast/frequent/often/quickly|too many "
        "connections/recipients/invalid/unknown/errors/sessions/rcpt/rcpts/commands/bad/"
        "concurrent/simultaneous/emails/mails/attempts/requests/failed/failures/users/hops/"
        "nonexistent/wrong/emails/mail|rate/connection/"
        "sending/hourly/daily/concurrency limit/limits/limited/limiting/exceeded|message/recipient "
        "limit/limits|"
        "ratelimit*/throttl*/"
        "flood/flooding/concurrent/concurrency/frequency|per "
        "hour/minute/day/second/session/connection|hourly/daily/relay _ quota/limit/maximum|"
        "excessive|recipient count|{unknown} user/users/recipient/recipients/mailbox limit|limit "
        "of/for "
        "{unknown}/bad|zu viele|trop de|demasiados|troppi/troppe|muitos|te veel|zbyt wiele|слишком "
        "много|"
        "*频率*/*頻率*/*过于频繁*",
        "", reason::prober_blocked, "550 Too many invalid recipients"},
    reply_rule{
        "policy", anywhere, refusal, "",
        "policy/policies/prohibition/whitelist*/allowlist*/quarantine*/challenge/filtered/"
        "filter/filters/filtering/firewall/dlp/content/attachment/attachments/rule/rules/ruleset/"
        "acl|refused/rejected/denied by|administratively "
        "prohibited/denied/rejected|allow/white list|only "
        "accept/accepts/accepting|security reasons|richtlinie*/politique/politiques/politica/"
        "politicas/politik/beleid/polityk*/политик*|verboten/interdit/interdite/prohibido/"
        "vietato/proibido/verboden/zabronion*/zakazano/запрещен*/запрещён*|*拒收*/*策略*/*拒否*|"
        "rejected/refused/denied/declined because|for/from "
        "external/outside/newsletters/strangers|only "
        "_ subscribers/members|may/to/can post|no acepta/accetta/aceita/accepte|nao aceita|non "
        "accetta|naccepte pas|nie "
        "przyjmuje|neprijima/neprijma|не принимает/приймает/приймає|nimmt ~ an|accepteert ~ niet",
        "", reason::prober_blocked, "550 Administrative prohibition"},
    // What belongs to the mailbox and is not it: the server of the recipient, the user database.
    reply_rule{"of_the_mailbox", rcpt, permanent, "",
               "{head} of/des/der/du/del/do/van _ {mailbox} _ {unknown}/{closed}/{full}/{barred}/"
               "{exceed}|{head} of/des/der/du/del/do/van _ {mailbox} _ {not} _ {exist}|{head} "
               "of/des/der/du/del/do/van _ {mailbox} _ {existing} nicht/niet|{head} "
               "odbiorcy/adresata/prijemce/получателя/адресата/пользователя _ "
               "{unknown}/{closed}/{full}/{barred}/{exceed}|{head} "
               "odbiorcy/adresata/prijemce/получателя/адресата/пользователя _ {not} _ {exist}|"
               "alici/kullanici sunucu* _ {unknown}/{not}/{full}|"
               "user/recipient/mailbox/account/address/subscriber "
               "server/gateway/database/table/limit/session/family/literal/list/store/policy "
               "is/was/has/does/do/could/cannot/seems/appears ~ "
               "{unknown}/{closed}/{full}/{exist}/{room}",
               "", reason::refused_other, "550 The mailbox server is full"},
    // "blocked" is said of mailboxes, too: but not of one that is blocked by a list.
    reply_rule{"blocked_by", anywhere, refusal, "",
               "blocked/blocking/listed/rejected using/by/at/on/because/see/for/via/with", "",
               reason::prober_blocked, "550 5.7.1 Mail blocked by order"},
    reply_rule{
        "mailbox_barred", rcpt, permanent, "",
        "account/mailbox/inbox/empfanger/empfaenger/benutzer/destinataire/destinatario/usuario/"
        "utente/"
        "gebruiker/ontvanger/odbiorca/uzivatel/prijemce/ucet/пользователь/получатель/пользователя/"
        "получателя/alici/kullanici/hesabi/обліковий/скринька/учетная/konto/postfach/compte/cuenta/"
        "buzon/conta/"
        "caixa/casella/"
        "skrzynka/schranka/ящик/аккаунт/hesap/useraccount _ {barred}|{barred} "
        "account/mailbox/inbox|{barred} per inutilizzo|{barred} por falta/inactividad/inatividade",
        "", reason::mailbox_disabled, "550 5.2.1 Account blocked"},
    reply_rule{"blocked", anywhere, refusal, "",
               "block/blocked/blocking|is/are/was/been/be/currently/ip/address "
               "listed|{barred}",
               "", reason::prober_blocked, "550 permanent failure (bob@example.org:blocked)"},
};

}  // namespace

std::span<const reply_rule> about_us() noexcept {
  return rules;
}

}  // namespace cbv::smtp::chapter
