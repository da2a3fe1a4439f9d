// What read_usual_request() reads, held against what read_message() and read_call() read.
#ifndef CBV_TESTS_API_AS_READ_IN_GENERAL_HPP
#define CBV_TESTS_API_AS_READ_IN_GENERAL_HPP

#include <string_view>
#include <variant>

#include "api/protocol.hpp"
#include "api/usual_request.hpp"

namespace cbv::api {

/// True if a line is not usual, or if it means in general what it was read as.
inline bool as_read_in_general(std::string_view line) {
  std::string_view id;
  query asked;
  asked.address = "of the request before";
  asked.fresh = true;
  if (!read_usual_request(line, id, asked)) return true;
  const message whole = read_message(line, {});
  if (whole.batch || whole.entries.size() != 1) return false;
  const auto* one = std::get_if<request>(&whole.entries.front());
  if (one == nullptr || one->id != id) return false;
  const auto read = read_call(*one);
  const auto* made = std::get_if<call>(&read);
  return made != nullptr && is_verify(made->method) && made->asked == asked;
}

}  // namespace cbv::api

#endif
