#include <array>

#include "cbv/smtp/reply_rule_chapters.hpp"

namespace cbv::smtp::chapter {
namespace {

// The subject decides: what is unknown, missing or closed here is not the mailbox.
constexpr std::array rules{
    // Somebody else's address: of a sender that they verify, of whom a mailbox is forwarded to.
    reply_rule{
        "another_address", rcpt, permanent, "",
        "$other ~ {unknown}/{closed}|$other ~ {not} _ {exist}|$other ~ no longer|$other ~ no "
        "such|$other _ {none}/moved/undeliverable/unavailable|{unknown}/{closed} _ "
        "$other|{unknown} * $other|no such _ {mailbox} _ $other|no {mailbox} _ "
        "$other|{not} _ {exist} _ $other|{not}/unable/failed find/locate/verify/route ~ "
        "$other|{unknown} * _ {mailbox} _ $other|$other _ rejected/refused",
        "", reason::refused_other, "550 5.1.1 <someone@elsewhere.example>: User unknown"},
    // The owner, or a filter of the owner, has seen us and says no.
    reply_rule{"does_not_want_us", rcpt, permanent, "",
               "rejected/refused/declined/blocked/rejects/refuses/declines/ignores/blocks _ "
               "your/you|know/recognize/recognise/trust/like/want/accept/identify/knows/trusts/"
               "accepts you|know/trust/recognize/recognise your|on/in/to your "
               "allowed/list/permitted/approved/safe|to you|you "
               "are/is/seem {unknown}|who you/are|accept external",
               "", reason::prober_blocked, "550 5.1.1 Recipient rejected your message"},
    // A list, a group or a mailbox that is there, and not for everybody.
    reply_rule{
        "not_for_us", rcpt, permanent, "",
        "posting/postings/nonmember/nonmembers/nonsubscriber/nonsubscribers/strangers|"
        "external/externen/externe/externes/externo/externos/externa/esterno/esterni/outside/"
        "intranet/внешн*|internal/interne/interner/interno/interna/inside "
        "use/only/address/addresses/mailbox/recipient/recipients/user/users/mail/email/"
        "senders/adresse/verwendung|reachable/reached from|not reachable|group/list not _ "
        "user/mailbox/person/recipient",
        "", reason::refused_other, "550 5.1.1 This address is for internal use only"},
    reply_rule{"requires", rcpt, permanent, "",
               "require/requires/requiring/erfordert/exige/requiere/richiede/"
               "vereist/wymaga/требует*",
               "", reason::refused_other, "550 5.1.1 This mailbox requires a valid ticket"},
    // Said to clients that log in, or of them.
    reply_rule{"recipient_disabled", rcpt, permanent, "5.7.13", "recipient/rcpt/@", "",
               reason::mailbox_disabled, "525 5.7.13 <bob@example.org>: not delivered, see above"},
    reply_rule{"account_of_ours", rcpt, permanent, "5.7.8|5.7.9|5.7.11|5.7.12|5.7.13|5.7.14", "",
               "", reason::prober_blocked, "550 5.7.13 User account disabled"},
    reply_rule{
        "who_are_you", rcpt, permanent, "",
        "anonymous/guest/guests/peer/identity/sasl/radius/kerberos/caller/strangers/"
        "stranger|session/proxy/system/database/db/bind "
        "{mailbox}|friend/friends/contact/contacts/guest list|recipients contacts|guess*|addresses "
        "which|history|{yours} domain|reach you|at your|your "
        "carrier/ratio/company/organisation/organization|your mx|vous netes|usted no|"
        "ud no|voce nao|non sei|nie jestes|вы не|ви не|u bent|du bist|sie sind|inte dig|"
        "ikke deg/dig|nejste|nejsi|*您不是*/*您未*/*你不是*/*您没有*/*您沒有*",
        "", reason::prober_blocked, "550 5.1.1 Vous n'etes pas un utilisateur valide"},
    // Of many mailboxes at once: counted, or closed to all.
    reply_rule{"of_many", rcpt, permanent, "",
               "users/mailboxes/accounts/people/persons "
               "{unknown}/{closed}|users/mailboxes/accounts/people are "
               "{unknown}/{closed}|users/mailboxes/accounts/people {not} "
               "{exist}|users/mailboxes/accounts/people are {not} _ {exist}|users {not} "
               "present|{unknown}/{closed} _ "
               "users/mailboxes/accounts/people/addresses|{closed} for _ users|all "
               "users/mailboxes/accounts",
               "", reason::refused_other, "550 5.3.2 mail for all users suspended"},
    // What is not known is whether there is one.
    reply_rule{"cannot_say", rcpt, permanent, "",
               "whether|determine if|not yet|synchron*/backup/replica/mounted|try "
               "mx*|disclose/discloses/disclosed|being {closed}|being "
               "moved/migrated/archived/relocated",
               "", reason::refused_other, "550 5.1.1 It is not known whether the mailbox exists"},
    // A part of a mailbox, or of what looks for it.
    reply_rule{"part_unknown", rcpt, permanent, "",
               "{mailbox} {part} _ {unknown}|{mailbox} {part} _ {not} _ {exist}|{mailbox} {part} "
               "could/can not _ {exist}|"
               "{part} of/for/from _ {mailbox} _ {unknown}|{part} of/for/from _ {mailbox} _ {not} "
               "_ {exist}|{part} for {mailbox} {not}|no/such/valid/known/matching {part} _ for/of "
               "{mailbox}|no such {mailbox} {part}|"
               "{unknown}/no {part} _ for/of {mailbox}|no {part} found for {mailbox}|{mailbox} _ "
               "server name|next hop|script/table/module/daemon/program/column _ "
               "{mailbox} ~ {not}|tls/starttls/encryption "
               "for/fur/fuer/pour/para/per ~ {mailbox}|smime/pgp/openpgp/gpg|s mime|no "
               "trust|configuration/config/entry/handler/script/index/schema/map {not} "
               "{exist}|{unknown} reply/response/answer|greeting name|mx for/of|*보내는*|"
               "{mailbox} {part} definition|send as|sendas|message/media type|word {not} _ "
               "{exist}|{not} {exist} by _ {mailbox}|date ~ invalid for|sms to|fax "
               "gateway|priority value|page checksum",
               "", reason::refused_other, "550 5.1.1 account status unknown"},
    // The code speaks of the system, of how we asked, or of what the message is like.
    reply_rule{"unknown_all_the_same", rcpt, permanent, "5.5.1",
               "user/mailbox/recipient/@ unknown|unknown user/mailbox/recipient|no such "
               "user/mailbox/recipient|user/mailbox/recipient not found",
               "", reason::mailbox_not_found, "550 5.5.1 No such user here"},
    reply_rule{"code_of_another_refused", rcpt, permanent, "5.3.2|5.6.*",
               "not accept|not permitted/allowed", "", reason::prober_blocked,
               "521 5.3.2 example.org does not accept mail"},
    reply_rule{"code_of_another", rcpt, permanent,
               "5.3.1|5.3.2|5.3.3|5.3.4|5.3.5|5.5.1|5.5.2|5.5.3|5.5.4|5.5.5|5.6.*|5.4.7", "", "",
               reason::refused_other, "550 5.3.5 User mail is disabled in the configuration"},
    reply_rule{"thing_closed", rcpt, permanent, "",
               "{check} _ {closed}|{check} _ {not} available/enabled/supported/possible|"
               "{closed} _ {check}|{thing} ~ {closed}|{closed} _ {thing}|{check} _ "
               "unavailable/unsupported|{check} _ no longer|dienst/service ist/est/is _ "
               "benutzer/user/users {closed}|server/system/site/gateway _ {closed}",
               "", reason::refused_other, "550 5.1.1 Recipient verification disabled"},
    reply_rule{"thing_unknown", rcpt, permanent, "",
               "{unknown} mail/message/subject/date/mime/body/parameter/option/verb/keyword _ "
               "for/from/in|{unknown} parameter/parameters/option/verb/keyword/mechanism/"
               "extension|subject/messageid _ {unknown}|subject/messageid missing",
               "", reason::refused_other, "550 5.1.1 Invalid message for this account"},
};

}  // namespace

std::span<const reply_rule> other_subjects() noexcept {
  return rules;
}

}  // namespace cbv::smtp::chapter
