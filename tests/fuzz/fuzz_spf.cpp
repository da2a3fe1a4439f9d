// The first line, read as an SPF record; what follows, as the words of exp=. What is accepted can
// be expanded, and becomes a name that can be asked for or none.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cbv/base/ascii.hpp"
#include "cbv/dns/name.hpp"
#include "cbv/spf/macro.hpp"
#include "cbv/spf/record.hpp"

namespace {

using namespace cbv::spf;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

macro_values values_for(const char* client) {
  macro_values values;
  values.local_part = "o'neil+x";
  values.sender_domain = "email.example.com";
  values.domain = "a.b.example.com";
  values.client = boost::asio::ip::make_address(client);
  values.helo = "mx.example.org";
  return values;
}

void check_domain(const macro_string& spec) {
  for (const char* client : {"192.0.2.1", "2001:db8::1"}) {
    const auto name = target_name(spec, values_for(client));
    if (!name) continue;
    require(name->size() <= 253, "a target is no longer than a name");
    const auto wire = cbv::dns::name_to_wire(cbv::dns::escaped_name(*name));
    require(wire && wire->size() > 1, "a target can be asked for");
  }
}

void check_record(std::string_view text) {
  const auto read = parse_record(text);
  require(!read || is_spf_record(text), "a record begins with its version");
  if (!read) {
    const auto& error = read.error();
    require(error.octet >= 1 && error.octet <= text.size() + 1, "an error is within the text");
    require(cbv::ascii::printable(error.what) == error.what ||
                error.what.find('\\') != std::string::npos,
            "an error can be shown");
    return;
  }
  for (const directive& each : read->directives) {
    if (each.domain) check_domain(*each.domain);
    require(each.prefix_v4 <= 32 && each.prefix_v6 <= 128, "a prefix fits its family");
    require(each.covers(each.network, each.network), "a network has its own address");
    require(each.kind != mechanism::ip4 || each.network.is_v4(), "ip4 is of IPv4");
    require(each.kind != mechanism::ip6 || each.network.is_v6(), "ip6 is of IPv6");
  }
  if (read->redirect) check_domain(*read->redirect);
  if (read->explanation) check_domain(*read->explanation);
}

void check_explanation(std::string_view text) {
  const auto read = macro_string::parse_explanation(text);
  if (!read) return;
  const auto words = read->expand(values_for("192.0.2.1"));
  if (!words) return;
  for (const char c : *words) require(c >= ' ' && c <= '~', "an explanation is printable ASCII");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(data, data + size);
  const std::size_t end = octets.find('\n');
  check_record(std::string_view(octets).substr(0, end));
  if (end != std::string::npos) check_explanation(std::string_view(octets).substr(end + 1));
  return 0;
}
