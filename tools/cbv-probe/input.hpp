// The list of addresses to ask about: one a line, or JSON lines.
#ifndef CBV_TOOLS_CBV_PROBE_INPUT_HPP
#define CBV_TOOLS_CBV_PROBE_INPUT_HPP

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/verdict/words.hpp"

namespace cbv::probe {

/// One address to ask about.
struct request {
  std::string address;
  cbv::role role = cbv::role::recipient;

  friend bool operator==(const request&, const request&) = default;
};

/// What is wrong with a list, and where: "list.txt:3: expected ...".
struct input_error {
  std::string what;
};

using request_list = boost::system::result<std::vector<request>, input_error>;

/// Reads a whole list. Blank lines and lines that begin with # are skipped; a line that begins with
/// { is a JSON object with "address" and optionally "role"; any other line is an address as it
/// stands, good or bad. CRLF is accepted.
request_list parse_list(std::string_view text, const std::string& file_name, role unless_said);

/// Reads a file, or standard input for "-", as parse_list does.
request_list read_list(const std::string& file_name, role unless_said);

}  // namespace cbv::probe

#endif
