#include "tools/cbv-probe/input.hpp"

#include <unistd.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "cbv/base/ascii.hpp"
#include "cbv/base/file.hpp"

namespace cbv::probe {
namespace {

using nlohmann::json;

input_error expected_but(std::string_view got) {
  return input_error{
      R"(expected an address or a JSON object such as {"address":"ann@example.net","role":"sender"}, )" +
      std::string(got)};
}

/// The request of a JSON line, or what is wrong with it.
boost::system::result<request, input_error> parse_json_line(std::string_view line,
                                                            role unless_said) {
  const json object = json::parse(line, nullptr, false);
  if (object.is_discarded()) return expected_but("got broken JSON");
  const auto address = object.find("address");
  if (address == object.end() || !address->is_string()) {
    return expected_but("got no text under \"address\"");
  }
  request one{address->get<std::string>(), unless_said};
  for (const auto& [key, value] : object.items()) {
    if (key == "address") continue;
    // Lines that cbv-probe --json wrote may be asked again: what they say beside the address and
    // role is passed over.
    if (key != "role") continue;
    const auto known =
        value.is_string() ? word_from_name<role>(value.get<std::string>()) : std::nullopt;
    if (!known) return input_error{R"(expected "sender" or "recipient" under "role")"};
    one.role = *known;
  }
  return one;
}

}  // namespace

request_list parse_list(std::string_view text, const std::string& file_name, role unless_said) {
  std::vector<request> list;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = ascii::trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.empty() || line.front() == '#') continue;
    if (line.front() != '{') {
      list.push_back(request{std::string(line), unless_said});
      continue;
    }
    auto one = parse_json_line(line, unless_said);
    if (!one)
      return input_error{file_name + ":" + std::to_string(number) + ": " + one.error().what};
    list.push_back(*std::move(one));
  }
  return list;
}

request_list read_list(const std::string& file_name, role unless_said) {
  const bool standard_input = file_name == "-";
  const auto text = standard_input ? read_all(STDIN_FILENO) : read_file(file_name);
  const std::string shown_name = standard_input ? "standard input" : file_name;
  if (!text) return input_error{shown_name + ": " + text.error().message()};
  return parse_list(*text, shown_name, unless_said);
}

}  // namespace cbv::probe
