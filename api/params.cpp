#include "api/params.hpp"

#include <charconv>
#include <cmath>

#include "cbv/base/utf8.hpp"

namespace cbv::api {
namespace {

// 5000, 5e3 and 5000.0 are the same number in JSON.
std::optional<std::int64_t> whole_number(const std::string& text) {
  constexpr double exact_max = 9007199254740992.0;  // 2^53
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, failed] = std::from_chars(text.data(), end, number);
  if (failed != std::errc{} || stopped != end) return std::nullopt;
  if (!(std::abs(number) <= exact_max) || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

}  // namespace

std::string shown(std::string_view name) {
  constexpr std::size_t name_octets_max = 64;
  std::string text(utf8::truncate(name, name_octets_max));
  if (text.size() < name.size()) text += "...";
  return text;
}

fault wrong(std::string_view name, std::string_view what) {
  std::string detail = "params.";
  detail += shown(name);
  detail += ": ";
  detail += what;
  return {fault_code::invalid_params, std::move(detail)};
}

fault expected(std::string_view wanted, const json_member& got) {
  std::string what = "expected ";
  what += wanted;
  what += ", got ";
  what +=
      got.value.is == json_value::kind::number ? shown(got.value.text) : to_string(got.value.is);
  return wrong(got.name, what);
}

taken take_text(const json_member& given, std::string& into) {
  if (given.value.is != json_value::kind::string) return expected("a string", given);
  into = given.value.text;
  return {};
}

taken take_truth(const json_member& given, bool& into) {
  if (given.value.is != json_value::kind::boolean) return expected("true or false", given);
  into = given.value.truth;
  return {};
}

taken take_number(const json_member& given, std::int64_t least, std::int64_t most,
                  std::int64_t& into) {
  const auto number =
      given.value.is == json_value::kind::number ? whole_number(given.value.text) : std::nullopt;
  if (!number || *number < least || *number > most) {
    return expected("a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                    given);
  }
  into = *number;
  return {};
}

taken take_wait(const json_member& given, std::chrono::milliseconds& into) {
  std::int64_t number = 0;
  if (taken bad = take_number(given, 0, wait_max.count(), number)) return bad;
  into = std::chrono::milliseconds(number);
  return {};
}

}  // namespace cbv::api
