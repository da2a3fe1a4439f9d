// Any octets, read as a DNS message. What is accepted can be written and is read back as it was;
// what is concluded from it is a statement or a trouble, never both.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cbv/base/ascii.hpp"
#include "cbv/dns/encode.hpp"
#include "cbv/dns/message.hpp"
#include "cbv/dns/name.hpp"
#include "cbv/dns/response.hpp"

namespace {

using namespace cbv::dns;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void check_name(std::string_view name) {
  require(std::all_of(name.begin(), name.end(),
                      [](char c) {
                        return (cbv::ascii::is_alnum(c) && !cbv::ascii::is_upper(c)) ||
                               std::string_view("-_.\\").find(c) != std::string_view::npos;
                      }),
          "a name is shown with harmless octets only");
  require(cbv::dns::name_to_wire(name).has_value(), "a name that was read can be written");
}

void check_names(const std::vector<record>& records) {
  for (const record& one : records) {
    check_name(one.name);
    if (const auto* data = std::get_if<name_data>(&one.data)) check_name(data->name);
    if (const auto* mx = std::get_if<mx_record>(&one.data)) check_name(mx->exchange);
    require(one.ttl.count() >= 0, "a TTL is not negative");
  }
}

void check_round_trip(const message& read) {
  const auto octets = encode_message(read, std::numeric_limits<std::size_t>::max());
  require(octets.has_value(), "a message that was read can be written");
  if (octets->size() > message_octets_max) return;  // it was compressed better than we do
  const auto again = parse_message(*octets);
  require(again && *again == read, "a message that is written is read back as it was");
}

void check_finding(const finding& found) {
  const bool is_ok = found.status == lookup_status::ok;
  require(found.ttl.count() >= 0, "a TTL is not negative");
  require(is_ok || (found.records.empty() && !found.next), "only ok has records");
  require(!is_ok || found.records.empty() == found.next.has_value(),
          "ok has records or a next name");
  require(is_authoritative(found.status) || found.ttl.count() == 0, "a trouble has no TTL");
  if (found.next) check_name(*found.next);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(data, data + size);
  const auto read = parse_message(octets);
  if (!read) return 0;
  check_names(read->answers);
  check_names(read->authorities);
  check_names(read->additionals);
  check_round_trip(*read);
  if (!read->asked) return 0;
  check_name(read->asked->name);
  check_finding(read_response(*read, *read->asked));
  return 0;
}
