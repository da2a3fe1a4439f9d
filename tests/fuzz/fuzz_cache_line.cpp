// Whatever stands in a line to be imported: a complaint that can be printed, or a record that the
// cache believes, and that is written as a line which reads back as the same octets.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

#include "api/cache_line.hpp"
#include "cache/records/record.hpp"

namespace {

using namespace cbv::api;

void require(bool holds) {
  if (!holds) std::abort();
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view("\n\r\0", 3)) == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(data, data + size);
  const auto read = read_line(line);
  if (const auto* complaint = std::get_if<std::string>(&read)) {
    require(!complaint->empty() && is_one_line(*complaint));
    return 0;
  }
  const auto& record = std::get<cache_record>(read);
  require(!record.key.empty() && record.key.size() <= cbv::cache::key_octets_max);
  require(!is_damaged(record));
  const std::string written = render_line(record);
  require(is_one_line(written));
  const auto again = read_line(written);
  require(std::holds_alternative<cache_record>(again));
  require(std::get<cache_record>(again).key == record.key);
  require(std::get<cache_record>(again).octets == record.octets);
  return 0;
}
