#include <array>

#include "cbv/smtp/reply_rule_chapters.hpp"

namespace cbv::smtp::chapter {
namespace {

constexpr code_range only_501{501, 501};
constexpr code_range only_551{551, 551};
constexpr code_range only_556{556, 556};

// "550 5.1.1" and nothing more is trusted; so is no code at all, and what servers say for want of a
// better one. With any other code the words are not enough.
constexpr std::string_view vague_codes = "-|5.0.*|5.1.0|5.1.1|5.2.0|5.3.0|5.5.0";

constexpr std::array rules{
    reply_rule{"moved_code", rcpt, permanent, "5.1.6", "", "", reason::mailbox_moved,
               "550 5.1.6 recipient no longer on server: bob@example.org"},
    reply_rule{
        "no_longer", rcpt, permanent, "",
        "user/account/mailbox/recipient/address/inbox/person/employee/@/he/she ~ no longer *|no "
        "longer valid/active/employed/works/working/monitored/available/exists/here/with/in/on/"
        "used/accepts/accepting|left _ company/organization/organisation|nicht mehr "
        "*|plus _ valide/active/utilisee/disponible|ya no *|non _ piu *|nao _ mais *|niet meer "
        "*|больше не",
        "", reason::mailbox_disabled, "550 5.1.1 bob is no longer with this company"},
    reply_rule{
        "disabled", rcpt, permanent, "",
        "{mailbox} _ {closed}|{closed} _ {mailbox}|{mailbox} ~ has/is/was/been/are/now _ "
        "{closed}|{mailbox} _ {not} _ active/enabled/activated/aktiv/actif/active/activo/attivo/"
        "ativo/actief/aktywne/aktywna/aktivni/активен/activated|over quota and inactive|*已停用*/"
        "*已禁用*/*已冻结*/*被冻结*/*已注销*/*已關閉*|disableduser|receiving "
        "disabled|is now disabled|disabled/suspended/closed/deactivated/locked/blocked due to/for "
        "inactivity|inactive on this/our|no {mailbox} activity since|{mailbox} never "
        "logged|{mailbox} ~ "
        "not/hasnt/havent/never entered/logged/signed/visited ~ days/weeks/months/years|extended "
        "inactivity|devre disi|"
        "*정지*|사용이 "
        "중지*|*アカウントは停止*/*アカウントは削除*/*利用停止*/*凍結*|*被禁用*/*被停用*/*被锁定*/"
        "*被鎖定*/"
        "*被注销*/*已锁定*/*已鎖定*/*已删除*/*已過期*/*已过期*|address rejected "
        "inactive/disabled/suspended/deactivated|{mailbox} "
        "suspend/suspended _ service|invalid/{closed} _ "
        "{closed}/inactive _ {mailbox}",
        "", reason::mailbox_disabled,
        "554 delivery error: dd This account has been disabled or discontinued [#102]."},
    reply_rule{
        "moved", rcpt, permanent, "",
        "my new email/address/mailbox|user/mailbox/recipient/account/address/email/person/@ _ "
        "moved/changed/replaced/relocated|has "
        "moved to|been replaced by|migrated/transferred/relocated to @/$other|new address is|has/a "
        "new address|neue adresse|adresse _ "
        "geandert/geaendert|change dadresse|nouvelle adresse|nueva direccion|nuovo indirizzo|"
        "novo endereco",
        "", reason::mailbox_moved, "550 Mailbox has moved, please try <bob@example.net>"},
    reply_rule{"name_not_allowed", rcpt, permanent, vague_codes, "mailbox name not allowed", "",
               reason::mailbox_not_found,
               "553 Requested action not taken: mailbox name not allowed"},
    // With whatever code, and whatever else is said: somebody does not let us.
    reply_rule{"forbidden", rcpt, permanent, "",
               "access denied/refused/forbidden/deny|not "
               "allowed/permitted|restricted/forbidden/prohibited/forbided|zugriff "
               "verweigert/abgelehnt",
               "", reason::prober_blocked, "550 Recipient address rejected: Access denied"},
    // 501 is said of how it is written.
    reply_rule{"syntax_of_rcpt", rcpt, only_501, "",
               "invalid/bad/illegal/malformed rcpt/rcptto/argument/parameter", "",
               reason::refused_other, "501 Invalid RCPT TO"},
    reply_rule{
        "no_such_user", rcpt, permanent, "",
        // User unknown. Unknown user. Invalid or unknown virtual user.
        "{mailbox} _ {unknown}|{unknown} _ {mailbox}|{unknown} or/and/illegal * _ "
        "{mailbox}|bad/illegal/improper _ {mailbox}|{mailbox} _ bad|{mailbox} * _ "
        "{unknown}|{mailbox} you/we/that/which ~ {unknown}|"
        // There is no such user. No user by that name. Kein solches Postfach.
        "no such/valid/matching/known/registered/existing/active _ {mailbox}|no matching "
        "entry/record|no such "
        "id/name/entry/local/mail/email/one/contact/maildrop/mailuser/here|no _ {mailbox} _ "
        "here/found/by/with/box/named/called/for/matching/exists/exist/of/on/in/at/available/"
        "associated/corresponds/known/under|{none} _ {mailbox}|no one/person here/by/with/at|"
        "nobody here/by/with/at/named|no mail box|no {mailbox} * in/on/at/here|no mailbox|mail box "
        "_ {not} _ {exist}|mail box _ "
        "{unknown}/unavailable|no local/virtual/mail {mailbox}|"
        "solch*/solches/derartig* _ {mailbox}|"
        // The user does not exist. Not a valid user. No existe el usuario.
        "{mailbox} _ {not} _ {exist}|"
        "{mailbox} * _ {not} _ {exist}|there is/are no user/mailbox/account/subscriber|"
        "user/recipient/mailbox/alias/account _ {not} _ resolved|"
        "not _ {mailbox} here/at/on/of|not our/my/a "
        "user/customer/subscriber/member|{mailbox} _ "
        "existiert/existieren/bestaat/kendes/kjennes/kanns/"
        "finns/findes/finnes/existerar/eksisterer/hittades _ nicht/niet/inte/ikke|{mailbox} _ "
        "нет/neni/net/brak|es _ {mailbox} nicht|{mailbox} gibt es _ nicht|{mailbox} _ "
        "mevcut/kayitli/gecerli/tanimli "
        "degil/degildir|{mailbox} _ {none}|غير موجود|לא קיים|khong ton "
        "tai|kayttajaa/vastaanottajaa/osoitetta/tilia/postilaatikkoa ei "
        "ole|*地址无效*/*地址無效*|нет/net/brak _ "
        "{mailbox}|nie ma _ {mailbox}|{mailbox} _ {not} _ in use|never "
        "heard of|no match "
        "for/found _ {mailbox}|not one of our *|this/that * does not exist|this/that * doesnt "
        "exist|there isnt/arent _ {mailbox} _ by/here/with/at/named|does/do not know _ "
        "{mailbox}|{not} _ in my/our list of allowed/valid/known/local recipients/mailboxes|{not} "
        "_ "
        "in my/our/the list of recipients/mailboxes|not a local mailbox/user/account|isnt one of "
        "our/my *|is not one of our/my *|not known at/on this/our|not known here|{unknown} final "
        "delivery _ {mailbox}|user missing "
        "home|it does not exist|it doesnt "
        "exist"
        // We have no user of that name. This user doesn't have a yahoo.com account.
        "|doesnt/dont/didnt/doesn have ~ "
        "account/mailbox/user/inbox/recipient/record/emailaccount/mailaccount|"
        "user/account _ has/have no mail/email|{mailbox} _ not used|{mailbox} must exist|"
        "mailing/distribution list _ {not} _ {exist}|mailing/distribution list _ {unknown}|"
        "does/do/did not have ~ account/mailbox/user/inbox/recipient/record|"
        "has/have/got no _ "
        "{mailbox}|@/user/recipient/person not have ~ account/mailbox/inbox|no "
        "idea/clue/knowledge/trace about/of/who/whom/where _ {mailbox}|{mailbox} _ {not} "
        "refer/refers/correspond/corresponds to _ any/virtual/real/known/existing/valid _ "
        "{mailbox}|{mailbox} _ {not} match/matches any/known/existing/valid _ {mailbox}|{not} ~ "
        "notes mail file|never "
        "seen _ {mailbox} called/named|{mailbox} ~ {not} _ matched/associated/resolved to/with _ "
        "{mailbox}|{mailbox} ~ never created/existed/provisioned|0/zero "
        "users/mailboxes/accounts/recipients match/matched/found|{mailbox} _ {not} _ dada/dado de "
        "alta|no @ in _ directory/database/ldap/addressbook|no/nao/non "
        "hay/existe/ha/ce/esiste/tenemos nadie/ninguem/nessuno _ {mailbox}|ny a personne ~ "
        "{mailbox}|no record/records of _ {mailbox}"
        // I could not find a user of that name.
        "|not/cannot/cant/couldnt/nicht find/locate/identify/recognize/recognise/match ~ {mailbox}|"
        "unable/failed to find/locate/identify/recognize/recognise/match ~ {mailbox}|"
        "not/isnt _ present/listed/found/exist/in ~ "
        "directory/database/addressbook/ldap/validrcptto/userlist/goodrcptto|"
        "not in/on ~ recipient/user/relay list/table/map/database|"
        "{mailbox} _ not _ in/on ~ "
        "list/table/map/directory/database/system/server/domain|{mailbox} you/that ~ {not} _ "
        "{exist}|"
        "failed to lookup _ "
        "{mailbox}|not/cannot/cant/couldnt/unable/failed _ resolve _ "
        "recipient/user/mailbox/alias/account|recipient not ok|"
        "verify they/it are/is valid|cannot/cant accept "
        "user/recipient|"
        "so such {mailbox}|sorry unknown|not a name we|"
        // In one word.
        "userunknown/useruknown/unknownuser/nosuchuser/nouser/usernotfound/invaliduser/"
        "invalidrecipient/unknownrecipient/recipientunknown/recipientnotfound/mailboxnotfound/"
        "invalidmailbox/nosuchmailbox/mailboxunknown/invalidaddress/badrecipient/*recipnotfound/"
        "*recipientnotfound/*recipient.notfound/unroutable/unrouteable/nonroutable/addressunknown/"
        "addressnotfound|resolver.adr.recipient notfound|undeliverable address|marked as "
        "invalid|{unknown} local part|local part _ {unknown}|unrouteable/unroutable address|bad "
        "destination mailbox|bad recipient|{mailbox} "
        "_ "
        "undeliverable|verify/verification _ address failed user not found|"
        "*用户不存在*/*收件人不存在*/*帐户不存在*/*账户不存在*/*账号不存在*/*帐号不存在*/"
        "*邮箱不存在*/*地址不存在*/*用戶不存在*/*收件者不存在*/*帳號不存在*/*使用者不存在*/"
        "*信箱不存在*/*无此用户*/*無此使用者*/*查无此*/*没有此用户*/*无效用户*/*无效的收件人*/"
        "*收件人无效*/*找不到收件人*/*ユーザが存在しません*/*ユーザーが存在しません*/"
        "*アドレスが存在しません*/*アドレスは存在しません*/*宛先不明*/*宛先が見つかりません*/"
        "*ユーザー不明*/*ユーザーが見つかりません*/*ユーザ不明*|"
        "*用户*不存在*/*用戶*不存在*/*使用者*不存在*/*收件*不存在*/*收信*不存在*/*邮箱*不存在*/"
        "*郵箱*不存在*/"
        "*信箱*不存在*/*账*不存在*/*帐*不存在*/*帳*不存在*/*地址*不存在*/*用户*找到*/*用戶*找到*/"
        "*使用者*找到*/*收件*找到*/*收信*找到*/*邮箱*找到*/*郵箱*找到*/*信箱*找到*/*账*找到*/"
        "*帐*找到*/"
        "*帳*找到*/*地址*找到*/*找不到*用户*/*找不到*用戶*/*找不到*使用者*/*找不到*收件*/"
        "*找不到*邮箱*/"
        "*找不到*信箱*/*找不到*地址*/*不存在*用户*/*不存在*收件*/*不存在*邮箱*/*用户*无效*/"
        "*用戶*無效*/"
        "*收件*无效*/*收件*無效*/*邮箱*无效*/*信箱*無效*/*账*无效*/*帐*无效*/*帳*無效*/*地址*无效*/"
        "*地址*無效*/*用户*不正确*/*收件*不正确*/*邮箱*不正确*/*地址*不正确*/*地址*有误*/"
        "*邮箱*有误*/"
        "*收件*有误*/*用户*未注册*/*邮箱*未注册*/*账*未注册*/*帐*未注册*/*用户*找不到*/"
        "*邮箱*找不到*/"
        "*收件*找不到*/*地址*找不到*/*信箱*找不到*/*帳*找不到*/"
        "*无此*收件*/*未知*地址*/*未知*邮箱*/*用户*不明*/*地址*不明*/*收件*不明*/*使用者*無效*/"
        "*使用者*不正確*/*收件*不正確*/*地址*不正確*/"
        "*ユーザ*不明*/*アドレス*不明*/*受信者*不明*/*宛先*不明*/*メールボックス*不明*/"
        "*アカウント*不明*/"
        "*ユーザ*ありません*/*アドレス*ありません*/*受信者*ありません*/*宛先*ありません*/"
        "*メールボックス*ありません*/*アカウント*ありません*/*は見つかりません*/"
        "*見つかりませんでした*/"
        "*用户名不存在*/*收信人不存在*/*没有这个用户*/*没有该用户*/*沒有這個使用者*/*沒有此使用者*/"
        "*無此用戶*/*找不到用户*/*找不到使用者*/*找不到該使用者*/*找不到该用户*/*用户未找到*/"
        "*未知用户*/"
        "*未知收件人*/*無效的收件者*/*收件地址不正确*/*邮箱未找到*/*查無此*/*无此邮箱*/*無此信箱*/"
        "*无此帐号*/*无此账号*/*用户无效*/*邮箱无效*|"
        "*が存在しません*/*は存在しません*/*存在しない*/*が見つかりません*/*は登録されていません*/"
        "*は無効です*|"
        "*사용자*/*수신자*/*계정*/*메일함*/*메일주소*/*이메일*/*받는* ~ "
        "*존재하지*/*없습니다*|존재하지 "
        "않는 ~ *사용자*/*수신자*/*계정*/*주소*|없는 *사용자*/*계정*/*주소*/*수신자*",
        "", reason::mailbox_not_found,
        "550 5.1.1 <bob@example.org>: Recipient address rejected: User unknown in local recipient "
        "table"},
    reply_rule{"policy_code", rcpt, permanent, "5.7.*", "", "", reason::prober_blocked,
               "554 5.7.1 <bob@example.org>: Recipient address rejected: No"},
    reply_rule{"policy_code_quoted", rcpt, permanent, "", "5.7.*", "", reason::prober_blocked,
               "550 5.1.1 host mx.example.org said: 554 5.7.1 No"},
    // Words that stand further apart: with the code of a policy they prove nothing.
    reply_rule{"no_such_user_loosely", rcpt, permanent, "",
               "{mailbox} ~ {not} _ {existing}|"
               "{mailbox} ~ nothing/nowhere|user/mailbox/account/recipient * _ {unknown}|{mailbox} "
               "que vous ~ {unknown}/{not}|"
               "{mailbox} ~ isnt/not here|"
               "niemand ~ bekannt|{mailbox} ~ nicht vorhanden/eingerichtet/angelegt|"
               "{mailbox} ~ misspelled/misspelt/mistyped/typo|"
               "local part ~ {not} _ {existing}|"
               "{not} _ {exist} _ {mailbox}|"
               "{not} ~ trovare/trouver/encontrar/localizar/znalezc/odnalezc/nalezt/najti/найти/"
               "vinden/hitta _ {mailbox}|impossible/impossibile/imposible/impossivel/"
               "niemozliwe/невозможно _ trovare/trouver/encontrar/localizar/znalezc/найти _ "
               "{mailbox}|{mailbox} _ {not} _ finden",
               "", reason::mailbox_not_found,
               "550 5.1.1 The user whom you wrote to could not be found"},
    reply_rule{"domain_takes_no_mail_556", rcpt, only_556, "-|5.0.0|5.1.2|5.3.*|5.4.*", "", "",
               reason::relay_denied, "556 Domain does not accept mail"},
    // "message rejected" says of whom as little as "rejected".
    reply_rule{"refused_words", rcpt, permanent, "",
               "will/does/do not accept|wont/doesnt accept|refuses/refuse|rejected/refused/denied "
               "due|message/mail/email/service/session/delivery/request _ "
               "rejected/refused/denied/declined|go away|unwelcome|no mail hosts",
               "", reason::prober_blocked, "550 5.1.1 Message rejected"},
    reply_rule{"full_code", rcpt, permanent, "5.2.2", "", "", reason::mailbox_full,
               "552 5.2.2 The recipient cannot take it"},
    // Negations that are enough with the code.
    reply_rule{"not_found_code_said", rcpt, permanent, "5.1.1",
               "destin {unknown}|{closed} mbox|{mailbox} _ unavailable|{mailbox} _ {not} "
               "available|{mailbox} _ {not}/never been set/created|{mailbox} _ never "
               "created/existed|person ~ isnt at this|no match|{mailbox} _ {not} on file|{mailbox} "
               "_ {not} in address book|encontro _ {mailbox}|{mailbox} ei leitud|no such * "
               "{mailbox}|service mapped|gibt es ~ nicht|or mailbox defined|{mailbox} _ {not} one "
               "of our/ours|never had _ {mailbox}|no {mailbox} like|{mailbox} * has not been "
               "created|{not} accepted unknown|not a mailbox/user/recipient|not live/work/reside "
               "here|{mailbox} ~ nicht vorhanden/eingerichtet/bekannt|nao ha/existe _ {mailbox}|no "
               "hay _ {mailbox}|unknown|not found|does/do/did not exist|doesnt exist|not known",
               "", reason::mailbox_not_found, "550 5.1.1 destin. Sconosciuto"},
    // Something is unknown, missing or denied, and nothing above knew what: not the code, but the
    // words decide, and they may speak of anyone.
    reply_rule{
        "subject_unclear", rcpt, permanent, "5.1.1|5.1.10",
        "{unknown}|{not}|{none}|{closed}|{full}|{barred}|sin|sans|senza|sem|bez|без|zonder|insuff*",
        "", reason::refused_other, "550 5.1.1 Die Gegenstelle ist unbekannt"},
    // A condition, a time, a way to ask: the mailbox is there for somebody.
    reply_rule{"under_conditions", rcpt, permanent, "5.1.1|5.1.10|5.2.1",
               "only|nur|seulement|solo|soltanto|somente|alleen|tylko|только|too many|see|until|"
               "limited|improper|pipelining|lookups|vacation|holiday|urlaub|readonly|read only|"
               "$other|try our|who can|website|hours|connection|provider|sends this|server refused",
               "", reason::refused_other, "550 5.1.1 Only colleagues can write to this account"},
    reply_rule{"not_found_code", rcpt, permanent, "5.1.1|5.1.10", "", "", reason::mailbox_not_found,
               "550 5.1.1 <bob@example.org> recipient rejected"},
    reply_rule{"disabled_code", rcpt, permanent, "5.2.1", "", "", reason::mailbox_disabled,
               "550 5.2.1 <bob@example.org>... not accepting messages"},
    reply_rule{"system_code", rcpt, permanent, "5.1.2", "", "", reason::relay_denied,
               "550 5.1.2 <bob@example.org>: no way there"},
    reply_rule{"refused_weakly", rcpt, permanent, "", "denied|$ip", "", reason::prober_blocked,
               "550 <bob@example.org>: denied"},
    // RFC 5321 gives this text for policy reasons, too. Those who mean the policy say more.
    reply_rule{"mailbox_unavailable", rcpt, permanent, vague_codes,
               "{mailbox} _ unavailable|{mailbox} _ not available|{mailbox} _ "
               "unavaiable/unavailble/inaccessible/indisponible/niedostepna/недоступен|"
               "unavailable _ {mailbox}|nicht verfugbar|*邮箱不可用*",
               "", reason::mailbox_not_found,
               "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)."},
    reply_rule{"address_rejected", rcpt, permanent, "5.1.0", "address rejected", "cisco",
               reason::mailbox_not_found, "550 #5.1.0 Address rejected."},
    reply_rule{"moved_551", rcpt, only_551, "", "try|moved|forward|forwarding|new|instead|use", "",
               reason::mailbox_moved, "551 User not local; please try <bob@example.net>"},

    reply_rule{"refused", rcpt, permanent, "", "", "", reason::refused_other,
               "554 Transaction failed"},
};

}  // namespace

std::span<const reply_rule> about_mailbox() noexcept {
  return rules;
}

}  // namespace cbv::smtp::chapter
