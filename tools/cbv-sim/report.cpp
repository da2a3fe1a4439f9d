#include "tools/cbv-sim/report.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {
namespace {

using json = nlohmann::ordered_json;

std::string seconds_since(time_point start, time_point now) {
  const auto passed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start).count();
  std::array<char, 32> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%8.3f", static_cast<double>(passed) / 1000.0);
  return {text.data(), static_cast<std::size_t>(length)};
}

std::int64_t milliseconds_since(time_point start, time_point now) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - start).count();
}

std::string code_of(const dns_answer& answer) {
  return answer.wire.empty() ? "unanswered" : code_name(answer.code);
}

std::string name_of(const dns_answer& answer) {
  return answer.name.empty() ? "." : answer.name;
}

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

// How an event is marked in a text line.
std::string_view mark_of(event_kind kind) {
  switch (kind) {
    case event_kind::connected:
      return "connected from ";
    case event_kind::heard:
      return "C: ";
    case event_kind::said:
      return "S: ";
    case event_kind::noted:
      return "host: ";
    case event_kind::fault:
      return "FAULT: ";
    case event_kind::closed:
      return "closed: ";
  }
  return "";
}

std::string client_of(const event& what) {
  return what.host->path.empty() ? what.client.to_string() : "here";
}

std::string title_of(const mail_host& from) {
  const host& described = from.described();
  std::string title = described.place_of(described.first);
  if (described.is_range) title += " and " + std::to_string(described.size - 1) + " more";
  return title + " " + described.name;
}

std::string row(const std::vector<std::string>& cells, std::size_t first_width) {
  constexpr std::size_t width = 10;
  std::string line = cells[0];
  line.append(first_width - std::min(first_width, line.size()), ' ');
  for (std::size_t i = 1; i < cells.size(); ++i) {
    line.append(width - std::min(width, cells[i].size()), ' ').append(cells[i]);
  }
  return line;
}

std::vector<std::string> cells_of(std::string title, const host_counts& counts) {
  std::vector<std::string> cells{std::move(title)};
  for (const std::uint64_t each :
       {counts.connections, counts.sessions, counts.recipients_accepted, counts.recipients_deferred,
        counts.recipients_refused, counts.quits, counts.open_max, counts.faults}) {
    cells.push_back(std::to_string(each));
  }
  return cells;
}

json object_of(const host_counts& counts) {
  return {{"connections", counts.connections},
          {"sessions", counts.sessions},
          {"commands", counts.commands},
          {"handshakes", counts.handshakes},
          {"resumed", counts.resumed},
          {"logins", counts.logins},
          {"accepted", counts.recipients_accepted},
          {"deferred", counts.recipients_deferred},
          {"refused", counts.recipients_refused},
          {"quits", counts.quits},
          {"open_max", counts.open_max},
          {"faults", counts.faults}};
}

}  // namespace

report::report(report_options options, time_point start, line_sink to)
    : options_(options), start_(start), to_(std::move(to)) {}

void report::ready(const net::endpoint& dns, std::uint16_t smtp_port) {
  if (options_.style == report_style::text) {
    return to_("ready dns=" + net::to_string(dns) + " smtp=" + std::to_string(smtp_port));
  }
  to_(dumped({{"event", "ready"}, {"dns", net::to_string(dns)}, {"smtp", smtp_port}}));
}

void report::asked(const dns_event& question, time_point now) {
  const dns_answer& answer = question.answer;
  ++questions_;
  questions_tcp_ += question.over_tcp ? 1 : 0;
  const std::string code = code_of(answer);
  ++questions_by_code_[code];
  if (options_.quiet) return;
  if (options_.style == report_style::json) {
    return to_(dumped({{"event", "dns"},
                       {"at_ms", milliseconds_since(start_, now)},
                       {"client", question.client.to_string()},
                       {"over", question.over_tcp ? "tcp" : "udp"},
                       {"name", name_of(answer)},
                       {"type", type_name(answer.type)},
                       {"code", code},
                       {"answers", answer.answers},
                       {"delay_ms", answer.delay.count()}}));
  }
  std::string line = seconds_since(start_, now) + " dns " + (question.over_tcp ? "tcp " : "udp ") +
                     question.client.to_string() + " " + type_name(answer.type) + " " +
                     ascii::printable(name_of(answer)) + " " + code + " " +
                     std::to_string(answer.answers);
  if (answer.delay.count() > 0) line += " after " + std::to_string(answer.delay.count()) + " ms";
  to_(line);
}

void report::happened(const event& what) {
  if (options_.quiet && what.kind != event_kind::fault) return;
  if (options_.style == report_style::json) {
    return to_(dumped({{"event", to_string(what.kind)},
                       {"at_ms", milliseconds_since(start_, what.at)},
                       {"address", what.host->place_of(what.address)},
                       {"host", what.host_name},
                       {"client", client_of(what)},
                       {"connection", what.connection},
                       {"text", what.text}}));
  }
  std::string line = seconds_since(start_, what.at) + " smtp " + what.host->place_of(what.address) +
                     " #" + std::to_string(what.connection) + " ";
  line += mark_of(what.kind);
  line += what.kind == event_kind::connected ? client_of(what) : ascii::printable(what.text);
  to_(line);
}

void report::summary(const internet& net) {
  options_.style == report_style::json ? summary_json(net) : summary_text(net);
}

void report::summary_text(const internet& net) {
  std::string codes;
  for (const auto& [code, count] : questions_by_code_) {
    codes.append(codes.empty() ? ": " : ", ")
        .append(code)
        .append(" ")
        .append(std::to_string(count));
  }
  to_("questions " + std::to_string(questions_) + " (" + std::to_string(questions_tcp_) +
      " over tcp)" + codes);

  std::size_t width = 24;
  for (const mail_host& each : net.hosts()) width = std::max(width, title_of(each).size());
  to_(row({"host", "connected", "sessions", "accepted", "deferred", "refused", "quits", "at once",
           "faults"},
          width));
  for (const mail_host& each : net.hosts()) {
    const host_counts counts = each.total();
    if (counts.connections > 0) to_(row(cells_of(title_of(each), counts), width));
  }
  to_(row(cells_of("all", net.total()), width));
}

void report::summary_json(const internet& net) {
  json hosts = json::array();
  for (const mail_host& each : net.hosts()) {
    for (const auto& [address, counts] : each.counts()) {
      json one = {
          {"address", each.described().place_of(address)},
          {"host", each.described().name_of(each.described().number_of(address).value_or(0))}};
      one.update(object_of(counts));
      hosts.push_back(std::move(one));
    }
  }
  json questions = json::object();
  for (const auto& [code, count] : questions_by_code_) questions[code] = count;
  to_(dumped({{"event", "summary"},
              {"questions", questions_},
              {"questions_tcp", questions_tcp_},
              {"questions_by_code", std::move(questions)},
              {"total", object_of(net.total())},
              {"hosts", std::move(hosts)}}));
}

}  // namespace cbv::sim
