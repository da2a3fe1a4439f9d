// The request that nearly every client sends, read without a general parser. It has one shape; what
// has any other is left to read_message().
#ifndef CBV_API_USUAL_REQUEST_HPP
#define CBV_API_USUAL_REQUEST_HPP

#include <string_view>

#include "cbv/verdict/query.hpp"

namespace cbv::api {

/// Reads one request of verify_sender or verify_recipient: each member once, in any order, strings
/// of printable ASCII without a backslash, whole numbers without a sign, blanks anywhere between.
/// True: `id` is its id as JSON text (a view of `line`), and `asked` the question, as
/// read_message() and read_call() would have read them (a fuzz target holds them against each
/// other). False: they are to read it; `id` and `asked` mean nothing. Allocates nothing where the
/// strings of `asked` have room. Pure.
bool read_usual_request(std::string_view line, std::string_view& id, query& asked);

}  // namespace cbv::api

#endif
