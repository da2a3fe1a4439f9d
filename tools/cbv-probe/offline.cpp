#include "tools/cbv-probe/offline.hpp"

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/reply_class.hpp"

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

std::optional<stage> stage_of_reply(const std::string& name) {
  const auto at = word_from_name<stage>(name);
  if (!at || *at < stage::greeting) return std::nullopt;
  return at;
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
    return {shown(object, json), exit_undeliverable};
  }
  object["valid"] = true;
  if (!*path) {
    object["null_reverse_path"] = true;
    return {shown(object, json), exit_deliverable};
  }
  const mailbox& parsed_mailbox = **path;
  object["mailbox"] = to_string(parsed_mailbox);
  object["local_part"] = parsed_mailbox.local_part();
  object["domain"] = parsed_mailbox.domain().text();
  object["cache_key"] = cache_key(parsed_mailbox);
  object["needs_smtputf8"] = needs_smtputf8(parsed_mailbox);
  return {shown(object, json), exit_deliverable};
}

offline_answer show_classified(const options& asked) {
  const std::string& stage_name = asked.classify.at(0);
  const auto at = stage_of_reply(stage_name);
  if (!at) {
    return {"cbv-probe: expected a stage (greeting, ehlo, starttls, mail or rcpt), got '" +
                ascii::printable(stage_name) + "'\n",
            exit_usage};
  }
  const auto said = smtp::parse_reply(asked.classify.at(1));
  if (!said) {
    return {"cbv-probe: expected an SMTP reply, such as '550 5.1.1 No such user', got '" +
                ascii::printable(asked.classify.at(1)) + "'\n",
            exit_usage};
  }
  const smtp::reply_meaning meaning =
      smtp::classify(*at, *said, smtp::reply_context{asked.own_ip, asked.helo_name});
  ordered_json object;
  object["stage"] = to_string(*at);
  object["code"] = said->code;
  object["enhanced"] = said->enhanced ? to_string(*said->enhanced) : std::string();
  object["text"] = ascii::printable(smtp::joined_text(*said));
  object["status"] = to_string(meaning.status);
  object["reason"] = to_string(meaning.reason);
  object["rule"] = meaning.rule;
  return {shown(object, asked.format == output_format::json), exit_deliverable};
}

}  // namespace cbv::probe
