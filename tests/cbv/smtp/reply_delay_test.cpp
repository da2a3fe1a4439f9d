#include "cbv/smtp/reply_delay.hpp"

#include <gtest/gtest.h>

#include <string>

#include "cbv/smtp/reply_class.hpp"

namespace cbv::smtp {
namespace {

struct case_of_delay {
  std::string_view text;
  int wanted;  // in seconds; 0: none is named
};

constexpr case_of_delay cases[] = {
    // Units, numbers and what stands around them.
    {"Greylisted, please try again in 300 seconds", 300},
    {"Recipient address rejected: Greylisted for 5 minutes", 300},
    {"try again in 5 minutes", 300},
    {"Greylisting in action, please come back in 00:04:58", 298},
    {"come back in 04:58", 298},
    {"please wait 1 hour", 3600},
    {"please retry after 1 hour and 30 minutes", 5400},
    {"try again in 1h 30m", 5400},
    {"Try again in 300s.", 300},
    {"retry in 5min", 300},
    {"Please try again in 60 seconds or later", 60},
    {"Please try again in an hour", 3600},
    {"wait five minutes and try again", 300},
    {"delayed, 240 seconds left", 240},
    {"Greylisted: 27 seconds remaining", 27},
    {"temporarily deferred for another 120 s", 120},
    {"wait at least 10 min before retrying", 600},
    {"retry-after: PT5M", 300},
    {"try again in PT1H30M", 5400},
    {"retry in 300", 300},
    {"Too many mails (mail bomb), try again in 1 hour(s) 25 minute(s)", 5100},
    {"DT:SPM 163 mx40,20089S3 1514512452, please try again 15min later", 900},
    {"Too many messages in 60 seconds, wait 10 minutes", 600},
    // Other languages.
    {"Bitte versuchen Sie es in 5 Minuten erneut", 300},
    {"veuillez réessayer dans 10 minutes", 600},
    {"intente de nuevo en 5 minutos", 300},
    {"riprovare tra 5 minuti", 300},
    {"tente novamente em 2 horas", 7200},
    {"probeer het over 5 minuten opnieuw", 300},
    {"spróbuj ponownie za 5 minut", 300},
    {"повторите через 5 минут", 300},
    {"povtorite cherez 10 minut", 600},
    {"zkuste to znovu za 5 minut", 300},
    {"5 dakika sonra tekrar deneyin", 300},
    {"请在5分钟后重试", 300},
    {"300秒後に再試行してください", 300},
    // No time to wait.
    {"Greylisted, see http://postgrey.schweikert.ch/help/example.org.html", 0},
    {"try again later", 0},
    {"too many connections in 60 seconds", 0},
    {"limit of 30 messages per 5 minutes", 0},
    {"you have sent too many messages in the last 60 minutes", 0},
    {"4.7.1 <bob@example.org>: 5.1.1", 0},
    {"rejected at 2026-11-21T10:00:30", 0},
    {"wait 0 seconds", 0},
    {"in 99999999999 seconds", 0},
    {"in 5", 0},
    {"", 0},
    // A server's word is taken for a day at most.
    {"try again in 9999999 seconds", 86400},
    {"try again in 40 days", 86400},
};

TEST(ReplyDelay, IsReadFromWhatServersSay) {
  for (const auto& [text, wanted] : cases) {
    const auto delay = named_delay(text);
    EXPECT_EQ(delay ? delay->count() : 0, wanted) << text;
  }
}

TEST(ReplyDelay, IsSaidOfATransientReplyOnly) {
  const auto delay = [](const std::string& text) {
    return classify(stage::rcpt, *parse_reply(text)).retry_after;
  };
  EXPECT_EQ(delay("451 4.7.1 Greylisted, try again in 300 seconds"), std::chrono::seconds(300));
  EXPECT_EQ(delay("451-4.7.1 Greylisted, try again\r\n451 4.7.1 in 300 seconds"),
            std::chrono::seconds(300));
  EXPECT_EQ(delay("550 5.7.1 Greylisted, try again in 300 seconds"), std::nullopt);
}

}  // namespace
}  // namespace cbv::smtp
