// The examples of PROTOCOL.md, as they stand there; the rest of a conversation is in session_test.
#include "api/conversation.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "api/cache_desk.hpp"
#include "api/judgement_writer.hpp"
#include "api/server.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/record.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/file.hpp"
#include "cbv/envelope/checker.hpp"
#include "cbv/envelope/path_steps.hpp"
#include "tests/api/converse.hpp"
#include "tests/cbv/run.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::ordered_json;
using namespace std::chrono_literals;

std::string protocol_page() {
  const auto text = read_file(CBV_SOURCE_DIR "/api/PROTOCOL.md");
  EXPECT_TRUE(text);
  return text ? *text : std::string();
}

// The octets that open an example line of the page; a line that is indented further goes on.
struct example_line {
  bool sent;
  std::string text;
};

std::vector<example_line> examples() {
  std::vector<example_line> all;
  std::istringstream page(protocol_page());
  bool inside = false;
  for (std::string line; std::getline(page, line);) {
    const bool sent = line.starts_with("    -> ");
    if (sent || line.starts_with("    <- ")) {
      all.push_back({sent, line.substr(7)});
      inside = true;
    } else if (inside && line.starts_with("        ")) {
      all.back().text += line.substr(7);
    } else {
      inside = false;
    }
  }
  return all;
}

std::map<std::string, verdict> verdicts_of_the_page() {
  constexpr wall_time noon{1'795'262'400s};
  verdict refused;
  refused.status = status::undeliverable;
  refused.reason = reason::mailbox_not_found;
  refused.stage = stage::rcpt;
  refused.source = source::callout;
  refused.host = "mx1.example.org";
  refused.host_ip = "192.0.2.1";
  refused.reply = far_reply{550, "5.1.1", "no such user"};
  refused.checked_at = noon;
  refused.refresh_at = noon + 3h;
  refused.expires_at = noon + 24h;
  refused.elapsed = 84ms;

  verdict pending;
  pending.stage = stage::rcpt;
  pending.source = source::callout;
  pending.elapsed = 2s;

  verdict malformed;
  malformed.status = status::undeliverable;
  malformed.reason = reason::syntax;
  malformed.stage = stage::syntax;
  malformed.source = source::syntax;
  malformed.detail = "the domain is missing (octet 4)";
  return {{"bob@example.org", refused}, {"ann@example.net", pending}, {"bob", malformed}};
}

/// A cache that remembers what the page says of bob.
class cache_of_the_page {
 public:
  explicit cache_of_the_page(const verdict& of_bob) {
    cache::shelf_options options;
    options.environment.directory = place_.path() / "cache";
    auto opened = cache::shelf::open(std::move(options), logger());
    if (!opened) throw std::runtime_error(opened.error().message);
    shelf_ = *std::move(opened);
    const auto bob = cache::encode_key(role::recipient, *parse_mailbox("bob@example.org"));
    shelf_->put(cache::table::verdicts, bob.octets(),
                cache::encode_record(bob.octets(), {of_bob, 0, std::nullopt}));
    const auto at = cache::encode_domain_key(role::recipient, *domain::parse("example.org"));
    const auto tested =
        cache::with_catch_all({}, catch_all::no, wall_time(std::chrono::seconds(1'795'262'400)));
    shelf_->put(cache::table::domains, at.octets(),
                cache::encode_domain_record(at.octets(), tested));
  }

  cache_answer answer(const cache_call& asked) const {
    constexpr wall_time past_noon{1'795'262'460s};
    cache::catalogue all(*shelf_, nullptr);
    return answer_cache_call(asked, all, past_noon);
  }

 private:
  const temporary_folder place_;
  std::unique_ptr<cache::shelf> shelf_;
};

/// The checks of the default settings, with verdicts from the page.
class envelopes_of_the_page {
 public:
  explicit envelopes_of_the_page(std::map<std::string, verdict> verdicts)
      : verdicts_(std::move(verdicts)) {}

  std::string answer(const envelope::question& asked) {
    const envelope::verify_function verify = [this](query of) { return known(std::move(of)); };
    const envelope::path_rules rules;
    envelope::checker by(
        time_, ids_, log_, {},
        {envelope::syntax_step(rules), envelope::recipient_step(verify, time_, rules),
         envelope::sender_callback_step(verify, time_, rules)});
    const envelope::judgement made = run(by.judge(asked));
    return render_judgement(made, asked.about.sender, asked.about.recipient, {});
  }

 private:
  awaitable<verdict> known(query asked) { co_return verdicts_.at(asked.address); }

  std::map<std::string, verdict> verdicts_;
  sim::sim_timer time_;
  envelope::decision_ids ids_{1};
  logger log_;
};

TEST(Protocol, ThePageShowsWhatIsSaid) {
  conversation talk({}, access_rules().of(true));
  const auto verdicts = verdicts_of_the_page();
  const cache_of_the_page memory(verdicts.at("bob@example.org"));
  const auto cache = [&](const cache_call& asked) { return memory.answer(asked); };
  envelopes_of_the_page envelopes(verdicts);
  const auto check = [&](const envelope::question& asked) { return envelopes.answer(asked); };
  std::size_t shown = 0;
  std::string said;
  for (const example_line& line : examples()) {
    SCOPED_TRACE(line.text);
    if (line.sent) {
      EXPECT_EQ(said, "") << "what was said before is not on the page";
      talk.receive(line.text + "\n");
      said = answer_calls(talk, verdicts, cache, check);
      continue;
    }
    ++shown;
    // Compared as text, so that the order of members is the page's, too; but without its spaces.
    EXPECT_EQ(said, json::parse(line.text).dump() + "\n");
    said.clear();
  }
  EXPECT_EQ(shown, 24U);
}

TEST(Protocol, ThePageNamesEveryWord) {
  const std::string page = protocol_page();
  const auto expect_named = [&page](std::string_view word) {
    EXPECT_NE(page.find("`" + std::string(word) + "`"), std::string::npos) << word;
  };
  for (unsigned number = 0; number <= 255; ++number) {
    const auto octet = static_cast<std::uint8_t>(number);
    if (const auto word = word_from_number<status>(octet)) expect_named(to_string(*word));
    if (const auto word = word_from_number<reason>(octet)) expect_named(to_string(*word));
    if (const auto word = word_from_number<stage>(octet)) expect_named(to_string(*word));
    if (const auto word = word_from_number<source>(octet)) expect_named(to_string(*word));
  }
  for (const funnel_step& step : funnel_steps) expect_named(step.name);
}

TEST(Protocol, ThePageHasTheCodesOfTheAdvice) {
  // Without its line breaks, which fall anywhere.
  std::string page = protocol_page();
  std::replace(page.begin(), page.end(), '\n', ' ');
  for (unsigned number = 0; number <= 255; ++number) {
    const auto why = word_from_number<reason>(static_cast<std::uint8_t>(number));
    if (!why || status_of(*why) != status::unknown || *why == reason::not_asked) continue;
    verdict found;
    found.reason = *why;
    const advice given = advise(found, role::recipient, {});
    const std::string row = "`" + std::string(to_string(*why)) + "` " + given.enhanced;
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

TEST(Protocol, ThePageHasTheErrorsAndTheLimits) {
  using enum fault_code;
  const std::string page = protocol_page();
  for (const fault_code code : {parse_error, invalid_request, method_not_found, invalid_params,
                                internal_error, line_too_long, too_many_requests, too_many_clients,
                                not_authenticated, method_not_allowed, settings_not_read}) {
    const std::string row = "| " + std::to_string(static_cast<int>(code)) + " | " +
                            std::string(message_of(code)) + " |";
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
  // A change of one of these is a change of the page's table of limits.
  const server_options defaults;
  EXPECT_EQ(defaults.session.limits.line_octets_max, 65'536U);
  EXPECT_EQ(defaults.session.limits.message.depth_max, 32U);
  EXPECT_EQ(defaults.session.limits.message.entries_max, 1'000U);
  EXPECT_EQ(defaults.session.limits.in_flight_max, 1'000U);
  EXPECT_EQ(defaults.session.output_octets_max, 1'048'576U);
  EXPECT_EQ(defaults.session.write_timeout, 30s);
  EXPECT_EQ(defaults.session.idle_timeout, 10min);
  EXPECT_EQ(defaults.clients_max, 1'000U);
  EXPECT_EQ(defaults.drain_timeout, 5s);
}

}  // namespace
}  // namespace cbv::api
