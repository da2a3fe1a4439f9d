#include "tools/cbvd/setting.hpp"

#include <utility>

#include "cbv/base/amount.hpp"

namespace cbv::cbvd {
namespace {

/// Reads a text with `parse`, and holds its value to a range.
template <class Value, class Parse, class Show>
setting amount_setting(std::string key, std::string_view kind, Value& target, Value least,
                       Value most, Parse parse, Show show) {
  const auto read = [&target, least, most,
                     parse](const setting_value& given) -> std::optional<std::string> {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return wrong_type(given);
    const auto value = parse(*text);
    if (!value || *value < least || *value > most) return "got " + toml_text(*text);
    target = std::chrono::duration_cast<Value>(*value);
    return std::nullopt;
  };
  return setting{
      std::move(key),
      std::string(kind) + " from " + toml_text(show(least)) + " to " + toml_text(show(most)), read,
      [&target, show] { return toml_text(show(target)); }};
}

}  // namespace

std::string toml_text(std::string_view text) {
  std::string inside = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      inside += '\\';
      inside += c;
    } else if (octet < 0x20 || octet == 0x7f) {
      constexpr std::string_view digits = "0123456789abcdef";
      inside += "\\u00";
      inside += digits[octet >> 4U];
      inside += digits[octet & 0xfU];
    } else {
      inside += c;
    }
  }
  return inside + '"';
}

std::string wrong_type(const setting_value& value) {
  return "got " + value.type;
}

std::string wrong_text(std::string_view text, const syntax_error& why) {
  return "got " + toml_text(text) + ": " + to_string(why);
}

setting flag_setting(std::string key, bool& target) {
  const auto read = [&target](const setting_value& given) -> std::optional<std::string> {
    const auto* flag = std::get_if<bool>(&given.value);
    if (flag == nullptr) return wrong_type(given);
    target = *flag;
    return std::nullopt;
  };
  return setting{std::move(key), "true or false", read,
                 [&target] { return std::string(target ? "true" : "false"); }};
}

setting time_setting(std::string key, std::chrono::milliseconds& target,
                     std::chrono::milliseconds least, std::chrono::milliseconds most) {
  return amount_setting(std::move(key), "a time", target, least, most, parse_time, time_text);
}

setting time_setting(std::string key, std::chrono::seconds& target, std::chrono::seconds least,
                     std::chrono::seconds most) {
  const auto parse_whole = [](const std::string& text) {
    const auto time = parse_time(text);
    return time && *time % std::chrono::seconds(1) == std::chrono::milliseconds(0) ? time
                                                                                   : std::nullopt;
  };
  return amount_setting(std::move(key), "a time in whole seconds", target, least, most, parse_whole,
                        time_text);
}

setting size_setting(std::string key, std::uint64_t& target, std::uint64_t least,
                     std::uint64_t most) {
  const auto read = [&target, least,
                     most](const setting_value& given) -> std::optional<std::string> {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return wrong_type(given);
    const auto octets = parse_size(*text);
    if (!octets || *octets < least || *octets > most) return "got " + toml_text(*text);
    target = *octets;
    return std::nullopt;
  };
  return setting{std::move(key),
                 "a size from " + toml_text(size_text(least)) + " to " + toml_text(size_text(most)),
                 read, [&target] { return toml_text(size_text(target)); }};
}

}  // namespace cbv::cbvd
