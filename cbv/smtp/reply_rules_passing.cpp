#include <array>

#include "cbv/smtp/reply_rule_chapters.hpp"

namespace cbv::smtp::chapter {
namespace {

constexpr code_range only_421{421, 421};
constexpr code_range only_452{452, 452};
constexpr code_range only_521{521, 521};
constexpr code_range only_556{556, 556};

// RFC 7504. postscreen drops whom it does not like with 521, too, and other codes.
constexpr std::string_view no_mail_codes = "-|5.3.2|5.3.0|5.1.10|5.0.0";

constexpr std::array rules{
    // Room. What a sender has used up, what is too large for anyone, and what the host lacks are
    // told from what the mailbox lacks.
    reply_rule{"queue_quota", rcpt, refusal, "",
               "queue quota|no/insufficient {room} in/on "
               "spool/server/disk/system/queue|organization/tenant/company quota|"
               "system/server/site/host/global/overall quota|{exceed} ~ server/system/spool "
               "{room}|{room} of/on/in/for _ spool/queue|system/server/host/spool/filesystem _ "
               "out of ~ {room}",
               "", reason::refused_other, "450 4.7.3 Organization queue quota exceeded."},
    reply_rule{"sender_quota", anywhere, refusal, "",
               "this/last hour|your "
               "quota|submission/sending/outbound/outgoing/bandwidth/message/messages/rate "
               "quota _ exceeded/exhausted/reached|quota/allocation of/for "
               "messages/mails/emails/recipients/connections|message/recipient/sending quota|quota "
               "for sending",
               "", reason::prober_blocked, "550 5.2.2 Submission quota exceeded"},
    // What is too large for this mailbox is not too large for all.
    reply_rule{"larger_than_room", rcpt, refusal, "",
               "larger/bigger than ~ {room} available/left/remaining|larger/bigger than ~ "
               "available {room}|big/large for _ remaining/available/free {room}",
               "", reason::mailbox_full, "552 message is larger than the space available"},
    reply_rule{"message_size", anywhere, permanent, "",
               "message/mail/email/messages/data/header/headers/body/file/content _ "
               "too/exceed*/larger/bigger "
               "large/big/long/fixed/size/limit/maximum/than/local/the|message/header/headers "
               "size|size of _ message|oversize*|message length|message _ exceeds|"
               "too large/big/long|larger than",
               "", reason::refused_other, "552 5.3.4 Message size exceeds fixed limit"},
    reply_rule{
        "mailbox_full", rcpt, refusal, "",
        "{box} _ {full}|{full} _ {box}|{box} _ {exceed} ~ {room}/size|mailbox/inbox/maildir/"
        "mailfolder _ {exceed}|mailbox/inbox/maildir/mailfolder/quota ~ "
        "limit/limits/size/quota/storage/usage/capacity _ {exceed}|mailbox/inbox/maildir ~ "
        "{exceed} _ limit/limits/maximum/size/capacity|{box} ~ {exceed} ~ {room}|{box} ~ "
        "no/not/insufficient/without ~ {room}|insufficient/no _ {room} ~ {box}|{box} ~ out of ~ "
        "{room}|{box} ~ over quota|too many/zuviele messages/mails/emails _ in/on/for/auf|{box} _ "
        "zuviele mails|maximum mailbox "
        "size|overquota/quotaexceeded/*quotaexceeded*/*mailboxfull*/mboxfull/inboxfull|mail file "
        "size exceeds|mail "
        "folder/box _ {exceed}|mail folder/box _ {full}|{box} ~ "
        "groesse/grosse/taille/tamano/dimensione/grootte/rozmiar _ {exceed}|mailbox/inbox ~ {room} "
        "~ {exceed}|would/will ~ {exceed} ~ "
        "quota/storage/space/capacity/allocation|@ _ running/run/ran out of _ "
        "{room}/disk/disc|*邮箱已满*/*信箱已滿*/*空间已满*/*容量已满*/*空間已滿*/*超出配额*/"
        "*容量超*/"
        "*メールボックスがいっぱい*/*容量を超*/*容量オーバー*/*空间不足*/*空間不足*|allowed "
        "message count|receive/hold/accept more "
        "mail/messages/emails|posta kutusu dolu|{room} _ {full}|{box} * is/ist/est/esta {full}|"
        "@ is full|out of disk/disc quota|mailbox/inbox for/of * is full|{room} _ {box} _ "
        "{exceed}|{exceed} _ "
        "mailbox/inbox/maildir size/limit/capacity|{room} "
        "available/left/remaining ~ "
        "{box}|*已用完*/*已满*/*已滿*/*満杯*/*容量超過*|*메일함*/*편지함* ~ "
        "*초과*/*가득*|*용량* *초과*/*부족*|hop thu ~ day|{box} ~ {not} ~ {room}",
        "", reason::mailbox_full, "550 Mailbox is full / Blocks limit exceeded"},
    reply_rule{"system_full_code", rcpt, transient, "4.3.1|4.5.3|4.4.5", "", "", reason::try_later,
               "452 4.3.1 Insufficient system storage"},
    reply_rule{"system_full_late", rcpt, permanent, "5.3.1", "", "", reason::refused_other,
               "554 5.3.1 Mail system full"},
    reply_rule{"system_full", rcpt, transient, "",
               "too many|system storage/resources/load/space|out of memory/resources|insufficient "
               "disk/disc/diskspace/resources/storage/space|disk/disc/spool/server/filesystem _ "
               "full|no space left|space shortage|low on disk/space/storage|not enough disk/disc "
               "space|server ~ out of ~ {room}|free/disk space _ server|system full",
               "", reason::try_later, "452 Insufficient system storage"},
    reply_rule{"system_full_permanent", rcpt, permanent, "",
               "system storage/resources/load/space|insufficient "
               "disk/disc/diskspace/resources|disk/disc/spool/server/filesystem _ "
               "full|no space left|space shortage|low on disk/space/storage|not enough disk/disc "
               "space|server ~ out of ~ {room}|system full|out of disk",
               "", reason::refused_other, "554 Server disk full"},
    reply_rule{"mailbox_full_code", rcpt, transient, "x.2.2", "", "", reason::mailbox_full,
               "452 4.2.2 The recipient cannot take more"},
    reply_rule{
        "over_quota", rcpt, refusal, "",
        "{exceed} _ {room}|{exceed} _ allowed/allocated/assigned/available/maximum/disk/"
        "disc/mail/mailbox/storage/his/its _ {room}|{room} _ {exceed}|{room} _ "
        "limit/limits/usage/level/size/violation/violated/allocation _ "
        "{exceed}|quota violation/violated/error/problem|quota _ used up|out of _ {room}|not "
        "enough _ {room}|insufficient _ {room}|no _ more/enough/available/free/remaining/"
        "left _ {room}|{room} left|used up|quota full|diskquota/quota _ limit|quota * "
        "{exceed}|{exceed} limit _ {room}|{room} _ {not} _ enough/sufficient/suficiente|{not} _ "
        "enough/sufficient/suficiente/genug ~ {room}|{box} {room} limit|{exceed} ~ mailbox/inbox "
        "size/limit/capacity|{mailbox} _ over quote|@/{box} _ over ~ number of "
        "messages",
        "", reason::mailbox_full, "552 <bob@example.org> over quota"},

    // RFC 7504's own words, before "server does not" is read as a trouble.
    reply_rule{"takes_no_mail_words", greeting, only_521, no_mail_codes,
               "server/host/system does not accept mail|server/host/system doesnt accept mail", "",
               reason::host_takes_no_mail, "521 Server does not accept mail (see RFC 7504)"},

    // What passes, and what is wrong with how we asked.
    reply_rule{
        "trouble", anywhere, permanent, "",
        "tempora*/unverified/transient/later|retry again/after|try again in/after|not at this "
        "time|at "
        "this/the moment|right now|currently "
        "unavailable/not/unable/closed/down/busy/offline/overloaded|"
        "service/server/system/host/directory/database/backend/network/relay/connection _ "
        "unavailable/busy/down/overloaded/error/failure/failed/problem/problems/offline|"
        "service/server/system/directory not available|host/database/backend/store "
        "does/doesnt/was/not|server not "
        "available/responding/reachable/accepting|"
        "internal/system/server/local/configuration/protocol/database/ldap/lookup/"
        "unexpected/processing/software/unknown/general/fatal/technical error/errors/failure/"
        "failed/problem|"
        "misconfigur*/overload*/maintenance/timeout/timedout|timed out|connection "
        "refused/reset/failed/lost/closed|unable/failed to "
        "complete/verify/check/connect/validate/contact/process/perform/open/read/write/access|"
        "cannot/cant/couldnt "
        "complete/verify/check/connect/validate/contact/process/perform/open/access|"
        "could/can not complete/verify/check/connect/validate/contact/process/perform/open/access|"
        "in progress|no route|unreachable|loops/loop/looping|insufficient "
        "resources/system|out of memory/resources|vorubergehend*/voruebergehend*/spater/spaeter|"
        "plus tard|mas tarde|piu tardi|mais tarde|tijdelijk|tymczasow*/pozniej|временно/позже|"
        "docasne/pozdeji|gecici|*稍后*/*稍後*/*暂时*/*一時的*|no such "
        "file/table/object/process/command/device/log/message/queue/session/service/server|no such "
        "email log|server/gateway/route not found|find server/gateway/route|find "
        "a/the/any/mail/ldap/directory/destination "
        "server/gateway/route|server for ~ not "
        "found|locked by|lock/locking",
        "", reason::refused_other, "550 This service is temporarily unavailable"},
    reply_rule{
        "syntax", anywhere, permanent, "",
        "syntax/malformed/unparseable/unparsable/parse|supply/supplying/specify/specifying/"
        "include/including/append _ domain|missing/without/lacks _ domain|in _ "
        "header/headers|bad/illegal/invalid/wrong/incorrect "
        "format/characters/character|8bit characters|address/recipient/localpart/mailbox/username "
        "format/length|mail address invalid|invalid address/recipient/mailbox "
        "parameter/syntax/argument|recipient header|missing _ header|wrongly formatted|bad "
        "sequence|command "
        "not/unrecognized/unknown/unimplemented/parameter|unknown/unrecognized/invalid "
        "command|mail first|need rcpt/mail|rcpt first|no valid "
        "recipients|header/headers/protocol/format/data/media "
        "error/violation",
        "", reason::refused_other, "501 5.1.3 Bad recipient address syntax"},
    reply_rule{
        "other_thing", anywhere, permanent, "",
        "{thing} ~ {unknown}|{thing} ~ {not} _ {exist}|{unknown} _ {thing}|{not} _ {exist} _ "
        "{thing}|no valid/such _ {thing}|address in from/header|*ファイル*/*文件*/*命令*/*密钥*",
        "", reason::refused_other, "550 mailbox key unknown"},
    reply_rule{"service_disabled", anywhere, permanent, "",
               "relay/sending/service/smtp/outbound _ disabled/suspended|relay account|disabled "
               "for/from sending/relaying|service for _ {box} _ disabled/suspended",
               "", reason::refused_other, "550 relay disabled for user"},
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
    reply_rule{"leaves_at_starttls", starttls, only_421, "", "", "", reason::try_later,
               "421 4.3.2 Service not available, closing transmission channel"},
    reply_rule{"tls_failed", starttls, refusal, "", "", "", reason::tls_failed,
               "454 4.7.0 TLS not available due to local problem"},
    reply_rule{"transient_452", rcpt, only_452, "", "", "", reason::try_later,
               "452 <bob@example.org> Requested action not taken"},
    reply_rule{"transient", anywhere, transient, "", "", "", reason::try_later,
               "451 4.3.0 Requested action aborted: local error in processing"},

    // Before RCPT.
    reply_rule{"policy_code_early", before_mailbox, permanent, "5.7.*", "", "",
               reason::prober_blocked, "554 5.7.1 Go away"},
    reply_rule{"refused_early_words", before_mailbox, permanent, "",
               "denied/refused/rejected/forbidden/unwelcome/prohibited|not "
               "allowed/permitted/welcome|$ip",
               "", reason::prober_blocked, "554 mx.example.org ESMTP service denied"},
    reply_rule{"takes_no_mail", greeting, only_521, no_mail_codes, "", "",
               reason::host_takes_no_mail, "521 mx.example.org does not accept mail"},
    reply_rule{"domain_takes_no_mail", greeting, only_556, no_mail_codes, "", "",
               reason::host_takes_no_mail, "556 5.1.10 Domain does not accept mail"},
    reply_rule{"refused_early", before_mailbox, permanent, "", "", "", reason::refused_other,
               "554 No SMTP service here"},
};

}  // namespace

std::span<const reply_rule> passing() noexcept {
  return rules;
}

}  // namespace cbv::smtp::chapter
