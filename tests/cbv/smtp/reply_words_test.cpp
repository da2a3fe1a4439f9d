#include "cbv/smtp/reply_words.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace cbv::smtp {
namespace {

std::string cut(std::string_view text) {
  std::string joined;
  const reply_words words(text, "192.0.2.1", "probe-1.example.net");
  for (const std::string& word : words.all()) {
    if (!joined.empty()) joined += ' ';
    joined += word;
  }
  return joined;
}

TEST(ReplyWords, AreFreeOfCasePunctuationAndNames) {
  struct row {
    const char* text;
    const char* words;
  };
  for (const row& asked : {
           row{"", ""},
           row{"User unknown.", "user unknown"},
           row{"  User\t UNKNOWN -- bye!! ", "user unknown bye"},
           row{"non-existent user, doesn't exist", "nonexistent user doesnt exist"},
           row{"doesn\u2019t", "doesnt"},
           row{"b\u00fccher Ünbekannt", "bucher unbekannt"},
           row{"MAILBOX_NOT_FOUND", "mailbox not found"},
           row{"see zen.spamhaus.org.", "see zen.spamhaus.org"},
           row{"(#5.1.1)", "5.1.1"},
           row{"RESOLVER.ADR.RecipNotFound; not found", "resolver.adr.recipnotfound not found"},
           row{"<bob@example.org>: rejected", "@ rejected"},
           row{"<bob@example.org>... User unknown", "@ user unknown"},
           row{"bob@example.org...User unknown", "@ user unknown"},
           row{"[bob@example.org]: no", "@ no"},
           row{"(bob@example.org:blocked)", "@ blocked"},
           row{"<\"no such user\"@example.org> no", "@ no"},
           row{"\"no such user\"@example.org no", "@ no"},
           row{"user \"bob\" unknown", "user @ unknown"},
           row{"<bob> unknown", "@ unknown"},
           row{"<mx.example.org> \"mx.example.org\"", "mx.example.org mx.example.org"},
           row{"<two words> \"two words\" \"\" \"a", "two words two words a"},
           row{"<>: rejected", "<> rejected"},
           row{"a < b", "a b"},
           row{"http://www.spamhaus.org/query?ip=192.0.2.1 now", "www.spamhaus.org now"},
           row{"<https://x.example:80#a>", "x.example"},
           row{"from [192.0.2.1]", "from $us"},
           row{"ip=192.0.2.1;", "ip $us"},
           row{"192.0.2.12 192.0.2 1.2.3.4.5 1234.1.1.1", "$ip 192.0.2 1.2.3.4.5 1234.1.1.1"},
           row{"Probe-1.Example.NET[192.0.2.9]", "$us $ip"},
           row{"$us $ip @", "us ip @"},
           // Us, in whatever form; but not in a URL, and not as a part of something else.
           row{"1.2.0.192.zen.spamhaus.org", "$us"},
           row{"host-192-0-2-1.example.net", "$us"},
           row{"[192.0.2.1]:4525 IP192.0.2.1,", "$us 4525 $us"},
           row{"helo=PROBE-1.example.net.", "helo $us"},
           row{"http://192.0.2.1/ http://probe-1.example.net/x", "probe1.example.net"},
           row{"192.0.2.1.5 5.192.0.2.1", "192.0.2.1.5 5.192.0.2.1"},
           row{"bob@[192.0.2.1]", "@ $us"},
       }) {
    EXPECT_EQ(cut(asked.text), asked.words) << asked.text;
  }
}

// Whose address it is that a text quotes.
TEST(ReplyWords, TellTheAskedMailboxFromOthers) {
  struct row {
    const char* text;
    const char* words;
  };
  const own_names us("192.0.2.1", "probe-1.example.net");
  for (const row& asked : {
           row{"<Joe.Smith@Example.ORG>: no", "@ no"},
           row{"<joe.smith+tag@example.org> \"joe.smith\" <joe.smith>", "@ @ @"},
           row{"<joe.smith@store.example.com> no", "@ no"},  // rewritten
           row{"jsmith@mail.example.org no", "@ no"},
           row{"to=joe.smith@example.org, no", "@ no"},
           row{"joe.smith%example.org@mx.example.com no", "@ no"},
           row{"joe.smith%40example.org no", "@ no"},
           row{"<@mx.example.com:joe.smith@example.org> no", "@ no"},
           row{"<ann@example.com> no", "$other no"},
           row{"<verify@example.net> no", "$other no"},
           row{"<joe.smith@example.net> no", "$other no"},  // that is we
           row{"<joe.smith@probe-1.example.net> no", "$other no"},
           row{"<ann@badexample.org> no", "$other no"},
           row{"<ann@org> no", "$other no"},
           row{"\"a b\"@example.com no", "$other no"},
           row{"no, postmaster@example.org", "no $helper"},
           row{"please contact ann@example.com", "please contact $helper"},
           row{"joe.smith: no", "joe.smith @ no"},
           row{"joe.smith... no", "joe.smith @ no"},
           row{"joe.smith is no", "joe.smith @ is no"},
           row{"user joe.smith no", "user joe.smith @ no"},
           row{"'joe.smith' (joe.smith) [joe.smith] no", "joe.smith @ joe.smith @ joe.smith @ no"},
           row{"see joe.smith on", "see joe.smith on"},
           row{"joe: no", "joe no"},
           row{"<mx.example.org> <>", "mx.example.org <>"},
       }) {
    std::string joined;
    const reply_words words(asked.text, us, "joe.smith@example.org");
    for (const std::string& word : words.all()) {
      joined += (joined.empty() ? "" : " ") + word;
    }
    EXPECT_EQ(joined, asked.words) << asked.text;
  }
}

// 32 KiB of anything are read in no time: the whole test is bounded by its own limit.
TEST(ReplyWords, TakeLongTexts) {
  for (const char* piece :
       {"<", "\"", "<a ", "\"a", "@", "a ", "http://", "2001:", ".", "#", "("}) {
    std::string text;
    while (text.size() < 32768) text += piece;
    const reply_words words(text, own_names("2001:db8::1", "probe.example.net"), "a@example.org");
    EXPECT_EQ(std::count(words.all().begin(), words.all().end(), "$us"), 0);
  }
}

}  // namespace
}  // namespace cbv::smtp
