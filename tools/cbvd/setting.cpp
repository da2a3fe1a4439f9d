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
    if (!value || *value < least || *value > most) return "got " + quoted(*text);
    target = std::chrono::duration_cast<Value>(*value);
    return std::nullopt;
  };
  return setting{std::move(key),
                 std::string(kind) + " from " + quoted(show(least)) + " to " + quoted(show(most)),
                 read, [&target, show] { return quoted(show(target)); }};
}

}  // namespace

std::string quoted(std::string_view text) {
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
    if (!octets || *octets < least || *octets > most) return "got " + quoted(*text);
    target = *octets;
    return std::nullopt;
  };
  return setting{std::move(key),
                 "a size from " + quoted(size_text(least)) + " to " + quoted(size_text(most)), read,
                 [&target] { return quoted(size_text(target)); }};
}

setting text_setting(std::string key, std::string& target, std::string expected, text_check check) {
  const auto read = [&target, check = std::move(check)](
                        const setting_value& given) -> std::optional<std::string> {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return wrong_type(given);
    if (auto wrong = check(*text)) return "got " + quoted(*text) + ": " + *wrong;
    target = *text;
    return std::nullopt;
  };
  return setting{std::move(key), std::move(expected), read, [&target] { return quoted(target); }};
}

setting list_setting(std::string key, std::vector<std::string>& target, const std::string& expected,
                     text_check check) {
  const auto read = [&target, check = std::move(check)](
                        const setting_value& given) -> std::optional<std::string> {
    const auto* texts = std::get_if<std::vector<std::string>>(&given.value);
    if (texts == nullptr) return wrong_type(given);
    for (const std::string& text : *texts) {
      if (auto wrong = check(text)) return "got " + quoted(text) + ": " + *wrong;
    }
    target = *texts;
    return std::nullopt;
  };
  const auto shown = [&target] {
    std::string list = "[";
    for (const std::string& text : target) list += (list.size() > 1 ? ", " : "") + quoted(text);
    return list + "]";
  };
  return setting{std::move(key), "a list of texts, each " + expected, read, shown};
}

}  // namespace cbv::cbvd
