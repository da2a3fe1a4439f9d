// A line of a decision log, or anything else: whatever is read of it is written on one line in both
// formats, and read again as it was.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "api/decision_record.hpp"

namespace {

using cbv::api::decision_record;

void require(bool holds) {
  if (!holds) std::abort();
}

decision_record again(const std::string& line) {
  const bool is_one_line = std::none_of(line.begin(), line.end(), [](char octet) {
    return static_cast<unsigned char>(octet) < 0x20;
  });
  require(is_one_line);
  const std::optional<decision_record> read = cbv::api::read_decision(line);
  require(read.has_value());
  return *read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line(data, data + size);
  const std::optional<decision_record> one = cbv::api::read_decision(line);
  if (!one) return 0;
  for (const decision_record::made& made : one->checks) {
    const bool is_name =
        made.check.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == made.check.npos;
    if (!is_name || made.check.empty()) return 0;  // no check is called so: keys are not escaped
  }
  const decision_record of_json = again(cbv::api::as_json(*one));
  require(again(cbv::api::as_json(of_json)) == of_json);  // JSON holds UTF-8 only, numbers are some
  const decision_record of_logfmt = again(cbv::api::as_logfmt(of_json));
  require(of_logfmt.text == of_json.text && of_logfmt.sender == of_json.sender);
  again(cbv::api::as_logfmt(*one));
  return 0;
}
