#include "tools/cbvd/text_forms.hpp"

#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

#include "cbv/address/domain.hpp"
#include "cbv/base/amount.hpp"
#include "cbv/dns/cares_resolver.hpp"

namespace cbv::cbvd {

text_form<std::string> any_text() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (text.empty()) return syntax_error{"nothing is there", 1};
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

text_form<std::string> any_text_or_none() {
  return {[](std::string_view text) -> parsed<std::string> { return std::string(text); },
          [](const std::string& text) { return text; }};
}

text_form<std::string> absolute_path() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (text.empty() || text.front() != '/')
              return syntax_error{"it does not begin with /", 1};
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

text_form<unsigned> octal_mode() {
  return {[](std::string_view text) -> parsed<unsigned> {
            unsigned mode = 0;
            const char* end = text.data() + text.size();
            const auto [stop, failed] = std::from_chars(text.data(), end, mode, 8);
            if (failed != std::errc() || stop != end || mode > 0777) {
              return syntax_error{"permission bits are octal digits, at most 0777",
                                  static_cast<std::size_t>(stop - text.data()) + 1};
            }
            return mode;
          },
          [](const unsigned& mode) {
            std::string text = "0000";
            for (std::size_t i = 0; i < 4; ++i)
              text[3 - i] = static_cast<char>('0' + (mode >> (3 * i) & 7U));
            return text;
          }};
}

text_form<net::endpoint> endpoint_text() {
  return {[](std::string_view text) { return net::parse_endpoint(text); },
          [](const net::endpoint& at) { return to_string(at); }};
}

text_form<net::ip_network> network_text() {
  return {[](std::string_view text) { return net::ip_network::parse(text); },
          [](const net::ip_network& network) { return network.text(); }};
}

text_form<std::string> dns_server() {
  return {[](std::string_view text) -> parsed<std::string> {
            const auto server = dns::parse_server(text);
            if (!server) return server.error();
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

text_form<std::string> host_name() {
  return {[](std::string_view text) -> parsed<std::string> {
            const auto name = domain::parse(text);
            if (!name) return name.error();
            return name->text();
          },
          [](const std::string& text) { return text; }};
}

text_form<std::string> own_address() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (text.empty()) return std::string();
            error_code wrong;
            const auto address = asio::ip::make_address(text, wrong);
            if (wrong) return syntax_error{"it is no IP address", 1};
            return address.to_string();
          },
          [](const std::string& text) { return text; }};
}

text_form<reverse_path> return_path() {
  return {[](std::string_view text) { return parse_reverse_path(text); },
          [](const reverse_path& path) { return path ? to_string(*path) : std::string("<>"); }};
}

text_form<std::chrono::seconds> whole_seconds(std::chrono::seconds least,
                                              std::chrono::seconds most) {
  return {[least, most](std::string_view text) -> parsed<std::chrono::seconds> {
            const auto time = parse_time(std::string(text));
            if (!time || *time % std::chrono::seconds(1) != std::chrono::milliseconds(0)) {
              return syntax_error{"it is no time in whole seconds", 1};
            }
            if (*time < least || *time > most) return syntax_error{"it is out of bounds", 1};
            return std::chrono::duration_cast<std::chrono::seconds>(*time);
          },
          [](const std::chrono::seconds& time) { return time_text(time); }};
}

text_form<name_pattern> name_pattern_text() {
  return {[](std::string_view text) { return name_pattern::parse(text); },
          [](const name_pattern& one) { return one.text(); }};
}

text_form<std::optional<mailbox>> mailbox_or_none() {
  return {[](std::string_view text) -> parsed<std::optional<mailbox>> {
            if (text.empty()) return std::optional<mailbox>();
            auto address = parse_mailbox(text);
            if (!address) return address.error();
            return std::optional(*std::move(address));
          },
          [](const std::optional<mailbox>& address) {
            return address ? to_string(*address) : std::string();
          }};
}

text_form<std::optional<reverse_path>> return_path_or_none() {
  return {[](std::string_view text) -> parsed<std::optional<reverse_path>> {
            if (text.empty()) return std::optional<reverse_path>();
            auto path = parse_reverse_path(text);
            if (!path) return path.error();
            return std::optional<reverse_path>(*std::move(path));
          },
          [](const std::optional<reverse_path>& path) {
            if (!path) return std::string();
            return *path ? to_string(**path) : std::string("<>");
          }};
}

setting name_list_setting(std::string key, name_list& target) {
  const auto of = [key](std::vector<name_pattern>& patterns) {
    return list_setting(key, patterns,
                        "\"example.org\", \"*.example.org\" (below it) or \".example.org\" (both)",
                        name_pattern_text());
  };
  const auto read = [&target, of](const setting_value& given) -> std::optional<std::string> {
    std::vector<name_pattern> patterns;
    auto wrong = of(patterns).read(given);
    if (!wrong) target = name_list(patterns);
    return wrong;
  };
  const auto shown = [&target, of] {
    std::vector<name_pattern> patterns = target.patterns();
    return of(patterns).shown();
  };
  std::vector<name_pattern> none;
  return setting{std::move(key), of(none).expected, read, shown};
}

}  // namespace cbv::cbvd
