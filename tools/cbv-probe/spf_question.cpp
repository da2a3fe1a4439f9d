#include "tools/cbv-probe/spf_question.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "cbv/address/mailbox.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/dns/cares_resolver.hpp"

namespace cbv::probe {
namespace {

using nlohmann::ordered_json;

ordered_json text_or_null(const std::string& text) {
  return text.empty() ? ordered_json(nullptr) : ordered_json(text);
}

std::string_view without_brackets(std::string_view path) {
  if (path.starts_with('<') && path.ends_with('>')) path = path.substr(1, path.size() - 2);
  return path;
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) > 127) return false;
  }
  return true;
}

// As the DNS has it; ASCII stays as it is, since macros show the case of letters.
std::string sender_of(const options& asked) {
  std::string given(without_brackets(asked.sender));
  if (is_ascii(given)) return given;
  const auto read = parse_mailbox(given);
  return read ? to_string(*read) : given;
}

std::string helo_of(const options& asked) {
  if (is_ascii(asked.helo_name)) return asked.helo_name;
  const auto read = domain::parse(asked.helo_name);
  return read ? read->text() : asked.helo_name;
}

}  // namespace

spf::identity_kind spf_identity_kind(const options& asked) {
  return sender_of(asked).empty() ? spf::identity_kind::helo : spf::identity_kind::mail_from;
}

spf::identity spf_identity(const options& asked) {
  return spf::mail_from_identity(asio::ip::make_address(asked.client_ip), helo_of(asked),
                                 sender_of(asked));
}

std::string show_spf(const spf::identity& about, spf::identity_kind kind, const spf::outcome& found,
                     const std::string& receiver, bool json) {
  ordered_json object;
  object["result"] = to_string(found.said);
  object["identity"] = to_string(kind);
  object["client_ip"] = about.client.to_string();
  object["helo"] = text_or_null(about.helo);
  object["sender"] = about.local_part + '@' + about.domain;
  object["domain"] = text_or_null(found.domain);
  object["mechanism"] = text_or_null(found.term);
  object["explanation"] = text_or_null(found.explanation);
  object["problem"] = text_or_null(found.problem);
  object["had_trouble"] = found.had_trouble;
  object["received_spf"] = received_spf(about, kind, found, receiver);
  if (json) return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + '\n';
  std::string text;
  for (const auto& [key, value] : object.items()) {
    if (value.is_null() || value == false) continue;
    const std::string plain = value.is_string() ? value.get<std::string>() : value.dump();
    text += key + ": " + ascii::printable(plain) + '\n';
  }
  return text;
}

int exit_status_of(spf::evaluation said) noexcept {
  switch (said) {
    case spf::evaluation::pass:
      return exit_deliverable;
    case spf::evaluation::fail:
      return exit_undeliverable;
    default:
      return exit_unknown;
  }
}

int ask_spf(const options& asked) {
  asio::io_context context(1);
  system_timer time;
  dns::cares_resolver names(context.get_executor(), time,
                            dns::cares_options{.servers = asked.dns_servers});
  const spf::identity about = spf_identity(asked);
  spf::outcome found;
  std::exception_ptr failed;
  asio::co_spawn(context, spf::check_host(names, time, about, {}, time.now() + asked.timeout),
                 [&](const std::exception_ptr& thrown, spf::outcome said) {
                   failed = thrown;
                   found = std::move(said);
                   context.stop();
                 });
  context.run();
  if (failed) std::rethrow_exception(failed);
  error_code no_name;
  const std::string receiver = asio::ip::host_name(no_name);
  const std::string shown = show_spf(about, spf_identity_kind(asked), found, receiver,
                                     asked.format == output_format::json);
  std::fputs(shown.c_str(), stdout);
  return exit_status_of(found.said);
}

}  // namespace cbv::probe
