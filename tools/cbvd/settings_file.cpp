#include "tools/cbvd/settings_file.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::cbvd {
namespace {

std::string type_name(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "a list that is not of texts";
    case toml::node_type::string:
      return "a text";
    case toml::node_type::integer:
      return "a whole number";
    case toml::node_type::floating_point:
      return "a number with a fraction";
    case toml::node_type::boolean:
      return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time:
      return "a date or time";
    case toml::node_type::none:
      break;
  }
  return "nothing";
}

setting_value value_of(const toml::node& node) {
  setting_value value;
  value.type = type_name(node);
  if (const auto* flag = node.as_boolean()) {
    value.value = flag->get();
  } else if (const auto* number = node.as_integer()) {
    value.value = number->get();
  } else if (const auto* text = node.as_string()) {
    value.value = text->get();
  } else if (const auto* list = node.as_array()) {
    std::vector<std::string> texts;
    for (const toml::node& element : *list) {
      if (const auto* one = element.as_string()) texts.push_back(one->get());
    }
    if (texts.size() == list->size()) {
      value.type = "a list of texts";
      value.value = std::move(texts);
    }
  }
  return value;
}

/// How many single-letter changes make `a` into `b`.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row[b.size()];
}

class file_reader {
 public:
  /// Keys begin with `prefix`; those of `known` and `lists` are without it.
  file_reader(const std::vector<setting>& known, const std::vector<table_list>& lists,
              const std::string& prefix = "") {
    for (const setting& one : known) {
      const std::string key = prefix + one.key;
      settings_.emplace(key, &one);
      for (std::size_t dot = key.find('.', prefix.size()); dot != std::string::npos;
           dot = key.find('.', dot + 1)) {
        tables_.insert(key.substr(0, dot));
      }
    }
    for (const table_list& one : lists) lists_.emplace(prefix + one.key, &one);
  }

  void read(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) read_one(prefix + std::string(name.str()), name, node);
  }

  std::vector<complaint> complaints() && {
    std::stable_sort(complaints_.begin(), complaints_.end(),
                     [](const complaint& a, const complaint& b) {
                       return std::pair(a.line, a.column) < std::pair(b.line, b.column);
                     });
    return std::move(complaints_);
  }

 private:
  void read_one(const std::string& key, const toml::key& name, const toml::node& node) {
    if (tables_.contains(key)) {
      if (const auto* inner = node.as_table()) return read(*inner, key + '.');
      return complain(node.source(), key + ": expected a table, got " + type_name(node));
    }
    const auto list = lists_.find(key);
    if (list != lists_.end()) return read_list(key, *list->second, node);
    const auto found = settings_.find(key);
    if (found == settings_.end()) return complain(name.source(), unknown(key));
    const setting& known = *found->second;
    if (const auto wrong = known.read(value_of(node))) {
      complain(node.source(), key + ": expected " + known.expected + ", " + *wrong);
    }
  }

  void read_list(const std::string& key, const table_list& list, const toml::node& node) {
    const auto* tables = node.as_array();
    if (tables == nullptr) {
      return complain(node.source(),
                      key + ": expected tables, each [[" + key + "]], got " + type_name(node));
    }
    if (tables->size() > list.tables_max) {
      return complain(node.source(), key + ": expected at most " + std::to_string(list.tables_max) +
                                         " tables, got " + std::to_string(tables->size()));
    }
    for (const toml::node& one : *tables) {
      if (const auto* table = one.as_table()) {
        read_table(key, list, *table);
      } else {
        complain(one.source(), key + ": expected a table, got " + type_name(one));
      }
    }
  }

  void read_table(const std::string& key, const table_list& list, const toml::table& table) {
    const std::vector<setting> known = list.begin();
    const std::string prefix = key + '.';
    file_reader reader(known, {}, prefix);
    reader.read(table, prefix);
    auto wrong = std::move(reader).complaints();
    if (wrong.empty()) {
      for (const std::string& odd : list.end()) complain(table.source(), prefix + odd);
    }
    std::move(wrong.begin(), wrong.end(), std::back_inserter(complaints_));
  }

  std::string unknown(const std::string& key) const {
    std::string text = ascii::printable(key) + ": there is no such setting";
    std::optional<std::string> closest;
    std::size_t least = std::max<std::size_t>(2, key.size() / 4) + 1;
    const auto consider = [&](const std::string& name) {
      const std::size_t changes = distance(key, name);
      if (changes >= least) return;
      least = changes;
      closest = name;
    };
    for (const auto& [name, ignored] : settings_) consider(name);
    for (const std::string& name : tables_) consider(name);
    for (const auto& [name, ignored] : lists_) consider(name);
    if (closest) text += "; did you mean " + *closest + "?";
    return text;
  }

  void complain(const toml::source_region& where, std::string what) {
    complaints_.push_back(complaint{where.begin.line, where.begin.column, std::move(what)});
  }

  std::map<std::string, const setting*> settings_;
  std::map<std::string, const table_list*> lists_;
  std::set<std::string> tables_;
  std::vector<complaint> complaints_;
};

}  // namespace

std::string to_string(const complaint& wrong, std::string_view file) {
  std::string text(file);
  if (wrong.line != 0) {
    text += ':' + std::to_string(wrong.line) + ':' + std::to_string(wrong.column);
  }
  return text + ": " + wrong.what;
}

std::vector<complaint> read_settings(std::string_view toml, const std::vector<setting>& known,
                                     const std::vector<table_list>& lists) {
  try {
    const toml::table table = toml::parse(toml);
    file_reader reader(known, lists);
    reader.read(table, "");
    return std::move(reader).complaints();
  } catch (const toml::parse_error& error) {
    const toml::source_position at = error.source().begin;
    return {complaint{at.line, at.column, "not TOML: " + std::string(error.description())}};
  }
}

bool is_same_list(std::string_view first, std::string_view second, std::string_view key) {
  const toml::table one = toml::parse(first);
  const toml::table other = toml::parse(second);
  const toml::array* const in_one = one.at_path(key).as_array();
  const toml::array* const in_other = other.at_path(key).as_array();
  if (in_one == nullptr || in_other == nullptr) return in_one == in_other;
  return *in_one == *in_other;
}

}  // namespace cbv::cbvd
