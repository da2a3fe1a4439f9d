// Any text, read as a mailbox, a path and a domain. What is accepted is safe to send and to
// remember; what is refused has a reason that can be shown and a place in the text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cbv/address/domain.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"

namespace {

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

void check_error(const cbv::syntax_error& error, std::string_view text) {
  require(!error.what.empty(), "a refusal says why");
  require(std::none_of(error.what.begin(), error.what.end(), is_control), "and can be shown");
  require(error.octet >= 1 && error.octet <= text.size() + 1, "and says where");
}

bool is_ldh(std::string_view label) {
  const auto allowed = [](char c) {
    return cbv::ascii::is_digit(c) || (c >= 'a' && c <= 'z') || c == '-';
  };
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), allowed);
}

void check_domain(const cbv::domain& made) {
  const auto again = cbv::domain::parse(made.text());
  require(again && *again == made && again->literal() == made.literal(),
          "a domain's text is canonical");
  require(made.text().size() <= 255, "a domain has 255 octets at most");
  if (made.literal()) return;
  std::string_view rest = made.text();
  for (;;) {
    const std::size_t dot = rest.find('.');
    require(is_ldh(rest.substr(0, dot)), "a name has LDH labels only");
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
}

void check_mailbox(const cbv::mailbox& made, std::string_view text) {
  const std::string sent = to_string(made);
  require(text.starts_with(made.local_part() + '@'), "the local-part is kept as it was received");
  require(made.local_part().size() <= 64, "a local-part has 64 octets at most");
  require(sent.size() <= 254, "an address has 254 octets at most");
  require(cbv::utf8::is_valid(sent), "an address is UTF-8");
  require(std::none_of(sent.begin(), sent.end(), is_control), "an address has no controls");
  require(cbv::needs_smtputf8(made) ==
              std::any_of(sent.begin(), sent.end(),
                          [](char c) { return static_cast<unsigned char>(c) >= 0x80; }),
          "SMTPUTF8 is needed for what is past ASCII, and the domain never is");
  check_domain(made.domain());

  const auto again = cbv::parse_mailbox(sent);
  require(again && *again == made, "what is sent reads as the same mailbox");
  const std::string key = cache_key(made);
  const auto of_key = cbv::parse_mailbox(key);
  require(of_key && cache_key(*of_key) == key, "a cache key is a mailbox with that key");

  const auto forward = cbv::parse_forward_path('<' + std::string(text) + '>');
  require(forward && *forward == made, "a mailbox in angle brackets is a forward-path");
  const auto reverse = cbv::parse_reverse_path("<@relay.example:" + sent + '>');
  require(sent.size() > 238 || (reverse && *reverse && **reverse == made),
          "a source route is dropped");
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);

  const auto address = cbv::parse_mailbox(text);
  if (address) {
    check_mailbox(*address, text);
  } else {
    check_error(address.error(), text);
  }

  const auto path = cbv::parse_reverse_path(text);
  if (!path) {
    check_error(path.error(), text);
  } else if (*path) {
    const std::string sent = to_string(**path);
    const auto again = cbv::parse_mailbox(sent);
    require(again && *again == **path, "a path has a mailbox in it");
  } else {
    require(text.empty() || text == "<>", "only <> and nothing are the null reverse-path");
  }
  if (address) require(path && *path && **path == *address, "a mailbox is a reverse-path too");

  const auto name = cbv::domain::parse(text);
  if (name) {
    check_domain(*name);
  } else {
    check_error(name.error(), text);
  }
  return 0;
}
