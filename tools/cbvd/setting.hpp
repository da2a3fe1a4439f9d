// One setting: its key, what it takes, and how text becomes a value of the options structs.
//
// Parts of the program take plain structs of options and never see the file. This is the only place
// that knows how a TOML value is read, so every setting is checked and shown in the same way.
#ifndef CBV_TOOLS_CBVD_SETTING_HPP
#define CBV_TOOLS_CBVD_SETTING_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "cbv/address/syntax_error.hpp"

namespace cbv::cbvd {

/// What a TOML file can hold and a setting can want. A value of another TOML type is the monostate,
/// with its type's name in setting_value::type.
struct setting_value {
  std::variant<std::monostate, bool, std::int64_t, std::string, std::vector<std::string>> value;
  std::string type;  // "a string", "a table"
};

/// A setting of the file. `read` puts a value where it belongs, or says what is wrong with it ("got
/// 0"); what was expected is said by `expected`. `shown` is the present value as TOML would write
/// it.
struct setting {
  std::string key;       // "callout.limits.connect"
  std::string expected;  // "a time from 1s to 10m"
  std::function<std::optional<std::string>(const setting_value&)> read;
  std::function<std::string()> shown;
};

/// A table of which the file may have any number: "[[route]]". The reader calls `begin` for each,
/// sets what it finds through the settings that it gets, and then, if nothing was wrong, calls
/// `end`.
struct table_list {
  std::string key;  // "route"
  std::size_t tables_max;
  /// Begins a table, all at its defaults. Keys are without that of the list ("tls"); they are good
  /// until the next begin().
  std::function<std::vector<setting>()> begin;
  /// Keeps the table that was begun; or says what is wrong with it as a whole ("to: expected at
  /// least one server, got none"), and does not.
  std::function<std::vector<std::string>()> end;
};

/// A list of tables, each read into a draft: `settings_of` makes the settings of one, `keep` is as
/// table_list::end.
template <class Draft>
table_list table_list_setting(std::string key, std::size_t tables_max,
                              std::function<std::vector<setting>(Draft&)> settings_of,
                              std::function<std::vector<std::string>(const Draft&)> keep);

/// Makers of settings. Each refers to its target, which must outlive it.
setting flag_setting(std::string key, bool& target);

/// A time as text: a whole number and one of ms, s, m, h, d.
setting time_setting(std::string key, std::chrono::milliseconds& target,
                     std::chrono::milliseconds least, std::chrono::milliseconds most);
setting time_setting(std::string key, std::chrono::seconds& target, std::chrono::seconds least,
                     std::chrono::seconds most);

/// A size in octets as text: a whole number and one of B, KiB, MiB, GiB, TiB.
setting size_setting(std::string key, std::uint64_t& target, std::uint64_t least,
                     std::uint64_t most);

/// How a value is read from text, and shown as text that reads as the same value.
template <class Value>
struct text_form {
  std::function<parsed<Value>(std::string_view)> read;
  std::function<std::string(const Value&)> show;
};

/// A value that is written as a text. `expected`: "an IP address".
template <class Value>
setting text_setting(std::string key, Value& target, std::string expected, text_form<Value> form);

/// A list of such texts.
template <class Value>
setting list_setting(std::string key, std::vector<Value>& target, const std::string& expected,
                     text_form<Value> form);

/// A whole number.
template <class Number>
setting number_setting(std::string key, Number& target, Number least, Number most);

/// One of several words.
template <class Choice>
struct choice {
  std::string_view name;
  Choice value;
};
template <class Choice>
setting choice_setting(std::string key, Choice& target, std::vector<choice<Choice>> choices);

/// `text` in quotes, as TOML writes a basic string.
std::string toml_text(std::string_view text);

// Templates from here on.

/// What the makers above say of a value of the wrong type.
std::string wrong_type(const setting_value& value);

/// What they say of a text that cannot be read.
std::string wrong_text(std::string_view text, const syntax_error& why);

template <class Value>
setting text_setting(std::string key, Value& target, std::string expected, text_form<Value> form) {
  const auto read = [&target, form](const setting_value& given) -> std::optional<std::string> {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return wrong_type(given);
    auto value = form.read(*text);
    if (!value) return wrong_text(*text, value.error());
    target = *std::move(value);
    return std::nullopt;
  };
  return setting{std::move(key), std::move(expected), read,
                 [&target, form] { return toml_text(form.show(target)); }};
}

template <class Value>
setting list_setting(std::string key, std::vector<Value>& target, const std::string& expected,
                     text_form<Value> form) {
  const auto read = [&target, form](const setting_value& given) -> std::optional<std::string> {
    const auto* texts = std::get_if<std::vector<std::string>>(&given.value);
    if (texts == nullptr) return wrong_type(given);
    std::vector<Value> values;
    for (const std::string& text : *texts) {
      auto value = form.read(text);
      if (!value) return wrong_text(text, value.error());
      values.push_back(*std::move(value));
    }
    target = std::move(values);
    return std::nullopt;
  };
  const auto shown = [&target, form] {
    std::string list = "[";
    for (const Value& value : target)
      list += (list.size() > 1 ? ", " : "") + toml_text(form.show(value));
    return list + "]";
  };
  return setting{std::move(key), "a list of texts, each " + expected, read, shown};
}

template <class Draft>
table_list table_list_setting(std::string key, std::size_t tables_max,
                              std::function<std::vector<setting>(Draft&)> settings_of,
                              std::function<std::vector<std::string>(const Draft&)> keep) {
  // Shared by begin, end and the settings, which may all be copied.
  const auto draft = std::make_shared<Draft>();
  const auto begin = [draft, settings_of = std::move(settings_of)] {
    *draft = Draft{};
    return settings_of(*draft);
  };
  const auto end = [draft, keep = std::move(keep)] { return keep(*draft); };
  return table_list{std::move(key), tables_max, begin, end};
}

template <class Number>
setting number_setting(std::string key, Number& target, Number least, Number most) {
  const auto read = [&target, least,
                     most](const setting_value& given) -> std::optional<std::string> {
    const auto* number = std::get_if<std::int64_t>(&given.value);
    if (number == nullptr) return wrong_type(given);
    if (!std::in_range<Number>(*number) || static_cast<Number>(*number) < least ||
        static_cast<Number>(*number) > most) {
      return "got " + std::to_string(*number);
    }
    target = static_cast<Number>(*number);
    return std::nullopt;
  };
  return setting{std::move(key),
                 "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
                 read, [&target] { return std::to_string(target); }};
}

template <class Choice>
setting choice_setting(std::string key, Choice& target, std::vector<choice<Choice>> choices) {
  std::string expected = "one of";
  for (const auto& one : choices)
    expected += (&one == &choices.front() ? " " : ", ") + toml_text(one.name);
  const auto read = [&target, choices](const setting_value& given) -> std::optional<std::string> {
    const auto* name = std::get_if<std::string>(&given.value);
    if (name == nullptr) return wrong_type(given);
    for (const auto& one : choices) {
      if (one.name != *name) continue;
      target = one.value;
      return std::nullopt;
    }
    return "got " + toml_text(*name);
  };
  const auto shown = [&target, choices] {
    for (const auto& one : choices) {
      if (one.value == target) return toml_text(one.name);
    }
    return std::string();
  };
  return setting{std::move(key), std::move(expected), read, shown};
}

}  // namespace cbv::cbvd

#endif
