#include "tests/sim/scenario.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "cbv/address/mailbox.hpp"
#include "cbv/net/ip_network.hpp"
#include "cbv/verdict/words.hpp"
#include "tests/sim/scenario_facts.hpp"
#include "tests/sim/scenario_settings.hpp"
#include "tests/sim/test_world.hpp"
#include "tools/cbv-sim/reader.hpp"

namespace cbv::sim {
namespace {

using words = std::vector<field>;

std::uint64_t read_count(const std::string& text) {
  return read_number(text, 1'000'000, "a number");
}

// Settings

using setting = std::function<void(test_world_options&, const std::string&)>;

setting limit(std::chrono::milliseconds smtp::stage_limits::*which) {
  return [which](test_world_options& to, const std::string& value) {
    to.callout.hosts.sessions.limits.*which = read_duration(value);
  };
}

template <class Options>
setting count_of(Options test_world_options::*part, std::size_t Options::*which) {
  return [part, which](test_world_options& to, const std::string& value) {
    to.*part.*which = static_cast<std::size_t>(read_count(value));
  };
}

void set_sender(test_world_options& to, const std::string& value) {
  const auto path = parse_reverse_path(value);
  if (!path) throw complaint("expected an address: " + to_string(path.error()));
  to.callout.mail_from = *path;
}

void set_permit(test_world_options& to, const std::string& value) {
  to.callout.permit_networks.clear();
  if (value == "none") return;
  const auto network = net::ip_network::parse(value);
  if (!network) throw complaint("expected a network: " + to_string(network.error()));
  to.callout.permit_networks.push_back(*network);
}

void set_family(test_world_options& to, const std::string& value) {
  if (value != "ipv4" && value != "ipv6") throw complaint("expected family=ipv4 or family=ipv6");
  to.callout.family = value == "ipv4" ? dns::address_family::ipv4 : dns::address_family::ipv6;
}

const std::map<std::string, setting, std::less<>>& settings() {
  using options = callout::callout_options;
  static const std::map<std::string, setting, std::less<>> all{
      {"connect", limit(&smtp::stage_limits::connect)},
      {"greeting", limit(&smtp::stage_limits::greeting)},
      {"ehlo", limit(&smtp::stage_limits::ehlo)},
      {"starttls", limit(&smtp::stage_limits::starttls)},
      {"mail", limit(&smtp::stage_limits::mail)},
      {"rcpt", limit(&smtp::stage_limits::rcpt)},
      {"quit", limit(&smtp::stage_limits::quit)},
      {"patience", [](test_world_options& to,
                      const std::string& value) { to.callout.patience = read_duration(value); }},
      {"latency", [](test_world_options& to,
                     const std::string& value) { to.net.latency = read_duration(value); }},
      {"helo",
       [](test_world_options& to, const std::string& value) { to.callout.helo_name = value; }},
      {"mail_from", set_sender},
      {"permit", set_permit},
      {"family", set_family},
      {"hosts_max", count_of(&test_world_options::callout, &options::hosts_max)},
      {"addresses_max", count_of(&test_world_options::callout, &options::addresses_max)},
      {"connections_max",
       [](test_world_options& to, const std::string& value) {
         to.callout.per_host.connections_max = static_cast<std::size_t>(read_count(value));
       }},
      {"callouts_max", count_of(&test_world_options::verifier, &verifier_options::callouts_max)},
      {"waiting_callouts_max",
       count_of(&test_world_options::verifier, &verifier_options::waiting_callouts_max)},
  };
  return all;
}

void read_settings(const words& line, test_world_options& into) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    const auto given = as_key_value(line[i]);
    if (given && set_callout(into, *given)) continue;
    const auto known = given ? settings().find(given->key) : settings().end();
    if (known == settings().end()) {
      throw complaint("expected settings such as greeting=5s, not " + line[i].text);
    }
    known->second(into, given->value);
  }
}

// Questions

// All of them at the same moment.
struct question {
  query asked;  // but for the address
  std::vector<std::string> addresses;
  std::uint64_t times = 1;
};

question read_ask(const words& line) {
  if (line.size() < 2) throw complaint("expected ask ADDRESS");
  question read;
  read.addresses.push_back(line[1].text);
  for (std::size_t i = 2; i < line.size(); ++i) {
    const std::string& word = line[i].text;
    const auto given = as_key_value(line[i]);
    if (const auto side = word_from_name<role>(word)) {
      read.asked.role = *side;
    } else if (word == "fresh") {
      read.asked.fresh = true;
    } else if (word == "cached_only") {
      read.asked.cached_only = true;
    } else if (word == "in_check") {
      read.asked.by_name = false;
    } else if (given && given->key == "client") {
      read.asked.client_ip = given->value;
    } else if (given && given->key == "wait") {
      read.asked.wait = read_duration(given->value);
    } else if (given && given->key == "times") {
      read.times = read_count(given->value);
    } else if (!given && word.find('@') != std::string::npos) {
      read.addresses.push_back(word);
    } else {
      throw complaint(
          "expected sender, recipient, client=IP, wait=TIME, times=N, fresh, cached_only, in_check "
          "or another address, not " +
          word);
    }
  }
  return read;
}

// Runs one scenario, line by line.
class runner {
 public:
  runner(world described, std::string file_name)
      : lines_(described.others), described_(std::move(described)), file_(std::move(file_name)) {}

  std::vector<std::string> run() {
    for (const other_line& line : lines_) {
      line_ = line.line;
      try {
        do_line(text_line{line.line, false, line.text}.fields());
      } catch (const std::exception& problem) {
        wrong(problem.what());
      }
    }
    if (world_) check_end();
    if (expectations_ == 0) wrong("expected something to be expected");
    return std::move(problems_);
  }

 private:
  void do_line(const words& line) {
    const std::string& verb = line[0].text;
    if (verb == "settings") {
      if (world_) throw complaint("expected settings before the first question");
      return read_settings(line, options_);
    }
    if (verb == "route") {
      if (world_) throw complaint("expected routes before the first question");
      const callout::route read = read_route(line);
      if (!options_.callout.routes.add(read))
        throw complaint("expected one route for " + read.domain);
      return;
    }
    if (!world_) world_.emplace(described_, options_);
    if (verb == "ask") {
      ask(read_ask(line));
    } else if (verb == "after") {
      if (line.size() != 2) throw complaint("expected after TIME");
      world_->pass(read_duration(line[1].text));
    } else if (verb == "restart") {
      if (line.size() != 1) throw complaint("expected restart alone");
      world_->restart();
    } else {
      expect(line);
    }
  }

  void ask(const question& asked) {
    answers_.clear();
    side_ = asked.asked.role;
    const std::size_t count = asked.times * asked.addresses.size();
    query one = asked.asked;
    for (std::size_t i = 1; i < count; ++i) {
      one.address = asked.addresses[i % asked.addresses.size()];
      world_->start(one, [this](const verdict& made) { answers_.push_back(made); });
    }
    one.address = asked.addresses.front();
    answers_.push_back(world_->ask(one));
    const time_point limit = world_->time().now() + asked.asked.wait;
    run_until(world_->io(), world_->time(), limit, [&] { return answers_.size() == count; });
    if (answers_.size() < count) wrong("expected every question to be answered");
  }

  void expect(const words& line) {
    ++expectations_;
    place_.clear();
    std::size_t next = 1;
    if (line.size() > 2 && word_from_name<status>(line[1].text)) {
      for (const verdict& made : answers_) {
        const std::string got =
            std::string(to_string(made.status)) + ' ' + std::string(to_string(made.reason));
        if (got != line[1].text + ' ' + line[2].text) {
          wrong("expected " + line[1].text + ' ' + line[2].text + ", got " + described(made));
        }
      }
      next = 3;
    }
    for (; next < line.size(); ++next) expect_fact(line, next);
  }

  // KEY=VALUE, KEY>=NUMBER, KEY<=NUMBER, or KEY "PART OF IT".
  void expect_fact(const words& line, std::size_t& at) {
    const auto given = as_key_value(line[at]);
    if (given && given->key == "at") {
      place_ = given->value;
      return;
    }
    const bool has_part = !given && at + 1 < line.size() && line[at + 1].quoted;
    if (!given && !has_part)
      throw complaint("expected KEY=VALUE or KEY \"PART\", not " + line[at].text);
    expectation wanted = given ? expectation_of(*given)
                               : expectation{line[at].text, likeness::part, line[at + 1].text};
    if (!given) ++at;
    const auto check = [&](const facts& all) {
      const auto got = all.find(wanted.key);
      if (got == all.end()) return false;
      if (!is_met(wanted, got->second)) {
        wrong("expected " + to_string(wanted) + ", got " + got->second + describe_all());
      }
      return true;
    };
    if (check(place_.empty() ? facts_of(*world_, side_) : facts_of(*world_, place_))) return;
    if (!place_.empty()) throw complaint("expected what a host has seen, not " + wanted.key);
    if (answers_.empty()) throw complaint("expected a question before " + wanted.key);
    for (const verdict& made : answers_) {
      if (!check(facts_of(made))) {
        throw complaint("expected something that is known, not " + wanted.key);
      }
    }
  }

  void check_end() {
    line_ = 0;
    if (!world_->settle()) {
      wrong("expected nothing to be left: " +
            std::to_string(world_->verifier().callouts_under_way()) + " callouts, " +
            std::to_string(world_->net().open()) + " connections, " +
            std::to_string(world_->net().served()) + " sessions, " +
            std::to_string(world_->time().sleepers()) + " sleepers");
    }
    if (const auto faults = world_->net().total().faults; faults > 0) {
      wrong("expected no fault of ours, got " + std::to_string(faults));
    }
    for (const std::string& line : world_->log()) {
      if (line.starts_with("error")) wrong("expected no error in the log, got " + line);
    }
  }

  std::string describe_all() const {
    return answers_.empty() ? "" : "; the answer was " + described(answers_.back());
  }

  static std::string described(const verdict& made) {
    std::string text =
        std::string(to_string(made.status)) + ' ' + std::string(to_string(made.reason));
    for (const auto& [key, value] : facts_of(made)) {
      if (!value.empty() && value != "none") text.append(" ").append(key).append("=").append(value);
    }
    return text;
  }

  void wrong(const std::string& what) {
    const std::string place = line_ == 0 ? " at the end" : ":" + std::to_string(line_);
    problems_.push_back(file_ + place + ": " + what);
  }

  std::vector<other_line> lines_;
  world described_;
  std::string file_;
  test_world_options options_;
  std::optional<test_world> world_;
  role side_ = role::recipient;
  std::vector<verdict> answers_;
  std::string place_;  // of the host that is looked at; empty: all of them
  std::size_t line_ = 0;
  std::size_t expectations_ = 0;
  std::vector<std::string> problems_;
};

}  // namespace

std::vector<std::string> run_scenario(std::string_view text, const std::string& file_name) {
  const world_options scenario_words{{"settings", "route", "ask", "after", "restart", "expect"}};
  auto described = parse_world(text, file_name, scenario_words);
  if (!described) return {to_string(described.error())};
  return runner(*std::move(described), file_name).run();
}

}  // namespace cbv::sim
