// The result of a verify method, read back: for the programs that ask.
#ifndef CBV_API_ANSWER_HPP
#define CBV_API_ANSWER_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::api {

struct answer {
  std::string address;  // as it was asked
  cbv::verdict verdict;
  cbv::advice advice;

  friend bool operator==(const answer&, const answer&) = default;
};

/// Reads what render_verdict() wrote; nothing if it is something else, or has words of a later
/// version. Members it does not know are ignored.
std::optional<answer> read_answer(std::string_view json);

}  // namespace cbv::api

#endif
