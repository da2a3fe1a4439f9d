#include <array>

#include "cbv/smtp/reply_rule_chapters.hpp"

namespace cbv::smtp::chapter {
namespace {

constexpr std::array rules{
    // Who says why does not say that the directory lacks the mailbox.
    reply_rule{"edge_policy", rcpt, permanent, "5.4.1",
               "access denied by/because/due/from/to/until/unless/since", "microsoft",
               reason::prober_blocked,
               "550 5.4.1 Recipient address rejected: Access denied by a connector of the tenant"},
    reply_rule{"edge_blocking", rcpt, permanent, "5.4.1",
               "recipient address/addresses rejected access denied", "microsoft",
               reason::mailbox_not_found,  // for what is not in the directory of a tenant
               "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)"},
    reply_rule{"not_in_name_book", rcpt, permanent, "",
               "user/recipient/address _ not listed|not listed in _ domino/public/name/directory",
               "domino", reason::mailbox_not_found,
               "550 bob@example.org... User not listed in public Name & Address Book"},
    reply_rule{"group_unknown", rcpt, permanent, "5.1.1",
               "group you tried to contact ~ may not exist", "google", reason::mailbox_not_found,
               "550 5.1.1 We're writing to let you know that the group you tried to contact (bob) "
               "may not exist, or you may not have permission to post messages to the group."},
    reply_rule{"addressee_unknown", rcpt, permanent, "", "addressee unknown|blank mailhost", "att",
               reason::mailbox_not_found,  // our address is quoted behind it
               "550 5.2.1 <bob@example.org>... Addressee unknown, relay=[198.51.100.9]"},
    reply_rule{"ract_unknown", rcpt, permanent, "",
               "ract/rusr $us/$ip _ user unknown|ract/rusr $us/$ip _ no such user|"
               "ract/rusr $us/$ip * user unknown",
               "daum", reason::mailbox_not_found,  // our address is quoted before it
               "550 5.1.1 RACT 198.51.100.9: <bob@example.org>: user unknown"},
    reply_rule{"ract_inactive", rcpt, permanent, "", "ract $us/$ip _ mailbox is inactive", "daum",
               reason::mailbox_disabled, "550 5.2.1 RACT 198.51.100.9: Mailbox is inactive"},
    reply_rule{"blocked_for_inactivity", rcpt, permanent, "",
               "mailbox/account/user/address _ blocked/disabled/suspended/closed/locked due to "
               "inactivity|mailbox/account/user/address _ "
               "blocked/disabled/suspended/closed/locked for inactivity",
               "", reason::mailbox_disabled,
               "550 5.2.1 This mailbox has been blocked due to inactivity"},
    reply_rule{"locked_and_bounced", rcpt, permanent, "", "vdelivermail account is locked",
               "vpopmail", reason::mailbox_disabled,
               "550 vdelivermail: account is locked email bounced"},
    reply_rule{"account_blocked", rcpt, permanent, "",
               "compte _ destinataire _ bloque|recipient account is blocked", "laposte",
               reason::mailbox_disabled,
               "550 5.5.0 Le compte du destinataire est bloque. The recipient account is blocked."},
    // What is said of the client, too: here it has a subject.
    reply_rule{"account_closed_for", rcpt, permanent, "",
               "recipient address rejected _ account/user/mailbox _ "
               "locked/suspended/disabled/deleted/closed/inactive/deactivated/terminated|"
               "recipients _ account/mailbox has been "
               "suspended/disabled/closed/deleted/deactivated/terminated|"
               "account/mailbox is disabled/locked/inactive/suspended or _ not",
               "rambler", reason::mailbox_disabled,
               "540 5.7.1 <bob@example.org>: Recipient address rejected: Account locked by abuse "
               "team"},
    reply_rule{"no_longer_on", rcpt, permanent, "",
               "user/account/mailbox/recipient no longer on/exists/exist in/on/this/our/system", "",
               reason::mailbox_disabled, "550 5.1.6 user no longer on system:bob@example.org"},
    // The domain is named because it is there.
    reply_rule{"unknown_in_domain", rcpt, permanent, "",
               "{mailbox} {unknown} in/nel/dans/en/no/im/w/v/op/binnen/в _ {zone}/domain|"
               "{mailbox} {not} {exist} in/nel/sul/dans/en/no/im/w/v/op/binnen/в _ {zone}/domain",
               "", reason::mailbox_not_found, "550 Utente inesistente nel dominio example.org"},
    reply_rule{"new_in_address_book", rcpt, permanent, "",
               "update your address book|update your addressbook|update your contacts", "",
               reason::mailbox_moved,
               "550 Please update your address book: bob is now at bob@example.net"},
    reply_rule{"receiving_too_fast", rcpt, refusal, "",
               "receiving mail/email/messages at a rate|receiving mail too "
               "quickly/fast|receiving too many/much|"
               "{mailbox} _ exceeded ~ message receive/receiving limit",
               "google", reason::try_later,  // it exists, and is busy
               "550-5.2.1 The user you are trying to contact is receiving mail at a rate that\n"
               "550 5.2.1 prevents additional messages from being delivered."},
};

}  // namespace

std::span<const reply_rule> disguised() noexcept {
  return rules;
}

}  // namespace cbv::smtp::chapter
