// cbvctl cache, end to end: a real cbvd with a real LMDB, looked into, changed, killed and stopped.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

constexpr int exit_ill = 1;
constexpr int exit_data = 65;
constexpr int exit_in_use = 75;

std::string in_hours(int hours) {
  const std::time_t when =
      std::chrono::system_clock::to_time_t(std::chrono::system_clock::now()) + hours * 3600;
  std::tm parts{};
  ::gmtime_r(&when, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

/// A line as someone would write it by hand.
std::string verdict_line(const std::string& address, const std::string& host = "mx1.example.org",
                         const std::string& role = "recipient") {
  return R"({"table":"verdicts","role":")" + role + R"(","address":")" + address +
         R"(","status":"undeliverable","reason":"mailbox_not_found","stage":"rcpt",)" +
         R"("source":"callout","host":")" + host +
         R"(","host_ip":"192.0.2.1","reply":{"code":550,)" +
         R"("enhanced":"5.1.1","text":"no such user"},"checked_at":")" + in_hours(-1) +
         R"(","refresh_at":")" + in_hours(2) + R"(","expires_at":")" + in_hours(23) + "\"}\n";
}

std::string other_lines() {
  return R"({"table":"domains","role":"sender","domain":"example.org","catch_all":false,)"
         R"("catch_all_at":")" +
         in_hours(-1) + R"(","catch_all_tested_at":")" + in_hours(-1) + "\"}\n" +
         R"({"table":"bookings","role":"sender","address":"Grey@example.org","due_at":")" +
         in_hours(1) + R"(","tries":1})" + "\n" +
         R"({"table":"hosts","host_ip":"192.0.2.1","refused":{"since":")" + in_hours(-1) +
         R"(","last":")" + in_hours(-1) + R"(","until":")" + in_hours(1) +
         R"(","in_a_row":2,"said":"421 go away"}})" + "\n";
}

class CacheCommandsTest : public testing::Test {
 protected:
  /// A cbvd that asks nobody: all it knows is what it is told.
  std::unique_ptr<cbvd> start_cbvd(const std::string& name) {
    std::filesystem::create_directories(place_.path() / name);
    return std::make_unique<cbvd>(place_.path() / name, R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
dns.servers = ["127.0.0.1:9"]
callout.helo_name = "edge.example.net"
self_test.at_start = false
)",
                                  std::map<std::string, std::string>{});
  }

  finished_command ctl(const cbvd& of, std::vector<std::string> words) {
    words.insert(words.begin(), {CBV_E2E_CBVCTL, "--socket", of.socket(), "cache"});
    return run(words, place_.path());
  }

  /// What it prints; it is to end well.
  std::string said(const cbvd& of, const std::vector<std::string>& words) {
    const auto ended = ctl(of, words);
    EXPECT_EQ(ended.exit_status, 0) << ended.errors;
    return ended.output;
  }

  finished_command ctl_files(const cbvd& of, std::vector<std::string> words) {
    words.insert(words.begin(), {CBV_E2E_CBVCTL, "cache"});
    words.insert(words.end(), {"--directory", of.socket().parent_path() / "cache"});
    return run(words, place_.path());
  }

  std::string file(const std::string& name, const std::string& text) {
    write_file(place_.path() / name, text);
    return place_.path() / name;
  }

  static bool is_known(const cbvd& to, const std::string& address) {
    return to.ask_memory(address).reason == "mailbox_not_found";
  }

  const temporary_directory place_;
};

TEST_F(CacheCommandsTest, LooksIntoItAndForgets) {
  const auto daemon = start_cbvd("one");
  std::string lines = other_lines();
  for (const auto* address : {"bob@example.org", "ann@example.org", "a@mx.example.org"}) {
    lines += verdict_line(address);
  }
  lines += verdict_line("zed@example.net", "mx.example.net");
  lines += verdict_line("bob@example.org", "mx2.example.org", "sender");
  EXPECT_THAT(said(*daemon, {"import", file("in", lines)}), HasSubstr("8 written"));
  EXPECT_THAT(said(*daemon, {"import", file("in", lines)}), HasSubstr("0 written, 8 as they were"));
  EXPECT_EQ(daemon->ask_memory("bob@example.org").source, "cache");

  const std::string bob = said(*daemon, {"show", "BOB@example.org"});
  for (const auto* part : {"as recipient: undeliverable, mailbox_not_found", "as sender",
                           "550 5.1.1 no such user", "mx1.example.org [192.0.2.1]", "(in ",
                           "the domain example.org for a sender", "421 go away"}) {
    EXPECT_THAT(bob, HasSubstr(part));
  }
  EXPECT_THAT(said(*daemon, {"show", "grey@example.org"}), HasSubstr("a re-probe of Grey@example"));
  EXPECT_THAT(said(*daemon, {"show", "example.org"}), HasSubstr("ann@example.org  recipient"));
  EXPECT_EQ(ctl(*daemon, {"show", "nobody@example.com"}).exit_status, exit_ill);

  EXPECT_EQ(lines_with(said(*daemon, {"list"}), "undeliverable"), 5U);
  EXPECT_EQ(lines_with(said(*daemon, {"list", "--role", "sender"}), "undeliverable"), 1U);
  EXPECT_EQ(lines_with(said(*daemon, {"list", "--status", "unknown"}), ""), 0U);
  EXPECT_EQ(lines_with(said(*daemon, {"list", "--older", "2h"}), ""), 0U);
  EXPECT_EQ(lines_with(said(*daemon, {"list", "--newer", "2h", "--json"}), "verdicts"), 5U);
  EXPECT_EQ(lines_with(said(*daemon, {"list", "--domain", "example.org"}), "u"), 3U);
  const auto page = ctl(*daemon, {"list", "--limit", "2"});
  EXPECT_EQ(lines_with(page.output, "undeliverable"), 2U);
  ASSERT_THAT(page.errors, HasSubstr("--cursor "));
  std::string cursor = page.errors.substr(page.errors.find("verdicts/"));
  cursor.erase(cursor.find_last_not_of('\n') + 1);
  EXPECT_EQ(lines_with(said(*daemon, {"list", "--cursor", cursor}), "undeliverable"), 3U);

  EXPECT_EQ(said(*daemon, {"forget", "ann@example.org"}), "forgotten: 1 verdict\n");
  EXPECT_FALSE(is_known(*daemon, "ann@example.org"));
  EXPECT_EQ(said(*daemon, {"forget", "ann@example.org"}), "forgotten: nothing\n");
  EXPECT_EQ(said(*daemon, {"forget-host", "mx2.example.org"}), "forgotten: 1 verdict, 1 host\n");
  EXPECT_TRUE(is_known(*daemon, "bob@example.org"));
  EXPECT_EQ(said(*daemon, {"forget-domain", "example.org"}),
            "forgotten: 1 verdict, 1 domain, 1 booking\n");
  EXPECT_FALSE(is_known(*daemon, "bob@example.org"));
  EXPECT_TRUE(is_known(*daemon, "a@mx.example.org"));
  EXPECT_EQ(said(*daemon, {"forget-domain", "--subdomains", "example.org"}),
            "forgotten: 1 verdict\n");
  EXPECT_TRUE(is_known(*daemon, "zed@example.net"));
  EXPECT_THAT(said(*daemon, {"stats"}), HasSubstr("verdicts        1\n"));
  EXPECT_EQ(said(*daemon, {"verify"}), "1 records, 0 damaged\n");
  EXPECT_THAT(said(*daemon, {"compact"}), HasSubstr(" after"));
  EXPECT_TRUE(is_known(*daemon, "zed@example.net"));

  daemon->kill();
  daemon->start();
  EXPECT_FALSE(is_known(*daemon, "bob@example.org")) << "forgotten, and back after a crash";
}

TEST_F(CacheCommandsTest, AnExportIsImportedToTheOctet) {
  const auto one = start_cbvd("one");
  std::string lines = other_lines();
  for (int i = 0; i < 800; ++i) {
    lines += verdict_line("u" + std::to_string(i) + "@example.org");
  }
  said(*one, {"import", file("in", lines)});
  const std::string first = place_.path() / "first";
  said(*one, {"export", "--output", first});
  EXPECT_EQ(lines_with(read_file(first), "\"table\""), 803U);
  EXPECT_EQ(said(*one, {"export"}), read_file(first));

  const auto two = start_cbvd("two");
  EXPECT_THAT(said(*two, {"import", first}), HasSubstr("803 written"));
  EXPECT_EQ(said(*two, {"export"}), read_file(first));

  // Cut in the middle of a line, it is gone on with.
  const std::string whole = read_file(first);
  const std::string cut = file("cut", whole.substr(0, whole.size() / 2));
  EXPECT_NE(ctl(*two, {"export", "--output", cut}).exit_status, 0);
  said(*two, {"export", "--resume", "--output", cut});
  EXPECT_EQ(read_file(cut), whole);

  const auto refused = ctl_files(*two, {"verify"});
  EXPECT_EQ(refused.exit_status, exit_in_use);
  EXPECT_THAT(refused.errors, HasSubstr("leave --directory out"));
  EXPECT_EQ(two->stop(), 0);
  EXPECT_EQ(ctl_files(*two, {"verify"}).output, "803 records, 0 damaged\n");
  EXPECT_EQ(ctl_files(*two, {"compact"}).exit_status, 0);
  EXPECT_EQ(ctl_files(*two, {"export"}).output, whole);
  EXPECT_EQ(ctl(*two, {"stats"}).exit_status, 69);
}

TEST_F(CacheCommandsTest, AnImportedBookingCountsAtOnce) {
  const auto daemon = start_cbvd("one");
  said(*daemon, {"import", file("in", R"({"table":"bookings","role":"sender",)"
                                      R"("address":"Grey@example.org","due_at":")" +
                                          in_hours(-1) + R"(","tries":0})")});
  wait_for("its re-probe to be begun", [&] {
    return said(*daemon, {"list", "--table", "bookings", "--json"}).find("\"tries\":1") !=
           std::string::npos;
  });
}

TEST_F(CacheCommandsTest, WrongLinesAreNamedAndStopItOrDoNot) {
  const auto daemon = start_cbvd("one");
  const std::string in = file("in", verdict_line("a@example.org") + "\n{\"table\":\"verdicts\"}\n" +
                                        verdict_line("b@example.org"));
  auto ended = ctl(*daemon, {"import", in});
  EXPECT_EQ(ended.exit_status, exit_data);
  EXPECT_THAT(ended.errors, HasSubstr("in:3: role: missing"));
  EXPECT_TRUE(is_known(*daemon, "a@example.org"));
  EXPECT_FALSE(is_known(*daemon, "b@example.org"));
  ended = ctl(*daemon, {"import", "--keep-going", in});
  EXPECT_EQ(ended.exit_status, exit_data);
  EXPECT_TRUE(is_known(*daemon, "b@example.org"));
  EXPECT_EQ(ctl(*daemon, {"import", "--from-line", "4", in}).exit_status, 0);
}

TEST_F(CacheCommandsTest, AnImportOutlivesTheDeathOfTheDaemon) {
  const auto daemon = start_cbvd("one");
  const std::string pipe = place_.path() / "pipe";
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  process importing({CBV_E2E_CBVCTL, "--socket", daemon->socket(), "cache", "import", pipe},
                    place_.path() / "imported");
  // Closed in what is started meanwhile, or the pipe would have no end.
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> lines(std::fopen(pipe.c_str(), "we"),
                                                        std::fclose);
  ASSERT_NE(lines, nullptr);
  const auto write = [&](int from, int until) {
    for (int i = from; i < until; ++i) {
      std::fputs(verdict_line("u" + std::to_string(i) + "@example.org").c_str(), lines.get());
    }
    std::fflush(lines.get());
  };
  constexpr int half = 400;
  write(0, half);
  wait_for("the first lines", [&] { return daemon->committed_verdicts() > 0; });
  daemon->kill();
  daemon->start();  // it knows nothing of the connection that the import still holds
  write(half, 2 * half);
  lines.reset();
  EXPECT_EQ(importing.exit_status(), 0) << read_file(place_.path() / "imported");
  EXPECT_EQ(daemon->committed_verdicts(), static_cast<std::size_t>(2 * half));
  EXPECT_EQ(said(*daemon, {"verify"}), "800 records, 0 damaged\n");
}

}  // namespace
}  // namespace cbv::e2e
