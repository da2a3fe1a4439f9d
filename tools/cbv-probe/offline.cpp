#include "tools/cbv-probe/offline.hpp"

#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/file.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/reply_class.hpp"
#include "tools/cbv-probe/rules.hpp"

namespace cbv::probe {
namespace {

using nlohmann::ordered_json;

/// An object as one JSON line, or as lines of "name: value".
std::string shown(const ordered_json& object, bool json) {
  if (json) return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
  std::string text;
  for (const auto& [key, value] : object.items()) {
    const std::string plain = value.is_string() ? value.get<std::string>() : value.dump();
    text += key + ": " + ascii::printable(plain) + '\n';
  }
  return text;
}

struct given_reply {
  stage at = stage::rcpt;
  smtp::reply said;
  std::string asked;  // the mailbox, if it is given with the reply
};

// "\\n" parts lines, since a line of a file, and an argument mostly, is one line.
std::string with_line_ends(std::string_view text) {
  std::string made;
  while (true) {
    const std::size_t mark = text.find("\\n");
    made += text.substr(0, mark);
    if (mark == std::string_view::npos) return made;
    made += "\r\n";
    text.remove_prefix(mark + 2);
  }
}

parsed<given_reply> read_reply(std::string_view stage_name, std::string_view text) {
  const auto at = smtp::parse_reply_stage(stage_name);
  if (!at) {
    return syntax_error{"expected a stage (greeting, ehlo, starttls, mail or rcpt), got '" +
                            ascii::printable(stage_name) + "'",
                        1};
  }
  auto said = smtp::parse_reply(with_line_ends(text));
  if (!said) {
    return syntax_error{"expected an SMTP reply, such as '550 5.1.1 No such user', got '" +
                            ascii::printable(text) + "'",
                        1};
  }
  return given_reply{*at, *std::move(said), {}};
}

smtp::reply_context context_of(const options& asked, const given_reply& given) {
  const std::string& about = given.asked.empty() ? asked.asked_mailbox : given.asked;
  return {asked.own_ip, asked.helo_name, true, about};
}

ordered_json as_json(const given_reply& given, const smtp::reply_meaning& meaning) {
  ordered_json object;
  object["stage"] = to_string(given.at);
  object["code"] = given.said.code;
  object["enhanced"] = given.said.enhanced ? to_string(*given.said.enhanced) : std::string();
  object["text"] = ascii::printable(smtp::joined_text(given.said));
  object["status"] = to_string(meaning.status);
  object["reason"] = to_string(meaning.reason);
  object["rule"] = meaning.rule;
  object["written_for"] = meaning.wording;
  if (meaning.retry_after) object["retry_after_s"] = meaning.retry_after->count();
  return object;
}

void pad(std::string& text, std::size_t width) {
  text.resize(std::max(text.size() + 1, width), ' ');
}

std::string row(std::string_view status, std::string_view reason, std::string_view rule,
                std::string_view stage_name, std::string_view reply) {
  std::string text(status);
  pad(text, 14);
  text += reason;
  pad(text, 34);
  text += rule;
  pad(text, 58);
  text += stage_name;
  pad(text, 67);
  return text + std::string(reply) + '\n';
}

std::string classified_header() {
  return row("STATUS", "REASON", "RULE", "STAGE", "REPLY");
}

std::string classified_row(const given_reply& given, const smtp::reply_meaning& meaning) {
  std::string reply = std::to_string(given.said.code);
  if (given.said.enhanced) reply += ' ' + to_string(*given.said.enhanced);
  reply += ' ' + ascii::printable(smtp::joined_text(given.said));
  return row(to_string(meaning.status), to_string(meaning.reason), meaning.rule,
             to_string(given.at), reply);
}

// Without its end, and without a CR before it.
std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

offline_answer show_parsed(const std::string& address, role side, bool json) {
  ordered_json object;
  object["address"] = address;
  // Only a return path may be <>.
  const auto path =
      side == role::sender ? parse_reverse_path(address) : [&]() -> parsed<reverse_path> {
    auto mailbox = parse_mailbox(address);
    if (!mailbox) return mailbox.error();
    return reverse_path(*std::move(mailbox));
  }();
  if (!path) {
    object["valid"] = false;
    object["error"] = path.error().what;
    object["octet"] = path.error().octet;
    return {shown(object, json), "", exit_undeliverable};
  }
  object["valid"] = true;
  if (!*path) {
    object["null_reverse_path"] = true;
    return {shown(object, json), "", exit_deliverable};
  }
  const mailbox& parsed_mailbox = **path;
  object["mailbox"] = to_string(parsed_mailbox);
  object["local_part"] = parsed_mailbox.local_part();
  object["domain"] = parsed_mailbox.domain().text();
  object["cache_key"] = cache_key(parsed_mailbox);
  object["needs_smtputf8"] = needs_smtputf8(parsed_mailbox);
  return {shown(object, json), "", exit_deliverable};
}

offline_answer classify_lines(std::string_view text, const std::string& file_name,
                              const options& asked, const smtp::reply_rulebook& by) {
  const bool json = asked.format == output_format::json;
  offline_answer answer;
  if (!json) answer.text = classified_header();
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = take_line(text);
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t tab = line.find('\t');
    const std::string_view stage_name =
        tab == std::string_view::npos ? "rcpt" : line.substr(0, tab);
    if (tab != std::string_view::npos) line.remove_prefix(tab + 1);
    // A reply begins with a digit; a mailbox, for this reply alone, may stand before it.
    const std::size_t next = line.find('\t');
    std::string_view about;
    if (next != std::string_view::npos && parse_mailbox(line.substr(0, next))) {
      about = line.substr(0, next);
      line.remove_prefix(next + 1);
    }
    auto read = read_reply(stage_name, line);
    if (!read) {
      answer.complaints +=
          file_name + ':' + std::to_string(number) + ": " + read.error().what + '\n';
      answer.exit_status = exit_usage;
      continue;
    }
    read->asked = about;
    const smtp::reply_meaning meaning =
        smtp::classify(read->at, read->said, context_of(asked, *read), by);
    answer.text += json ? shown(as_json(*read, meaning), true) : classified_row(*read, meaning);
  }
  return answer;
}

offline_answer show_classified(const options& asked) {
  const auto by = load_rulebook(asked.config);
  if (!by) return {"", by.error().what + '\n', exit_no_input};
  if (!asked.from.empty()) {
    const bool standard_input = asked.from == "-";
    const std::string file_name = standard_input ? "standard input" : asked.from;
    const auto text = standard_input ? read_all(STDIN_FILENO) : read_file(asked.from);
    if (!text) return {"", file_name + ": " + text.error().message() + '\n', exit_no_input};
    return classify_lines(*text, file_name, asked, **by);
  }
  const std::string& reply_text = asked.classify.back();
  const auto read =
      read_reply(asked.classify.size() == 2 ? asked.classify.front() : "rcpt", reply_text);
  if (!read) return {"", read.error().what + '\n', exit_usage};
  const smtp::reply_meaning meaning =
      smtp::classify(read->at, read->said, context_of(asked, *read), **by);
  return {shown(as_json(*read, meaning), asked.format == output_format::json), "",
          exit_deliverable};
}

}  // namespace cbv::probe
