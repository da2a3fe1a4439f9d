// How an answer is written: the one shape that nearly all of what cbvd says has.
#ifndef CBV_API_VERDICT_WRITER_HPP
#define CBV_API_VERDICT_WRITER_HPP

#include <string>
#include <string_view>

#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::api {

/// The result of a verify method, as JSON (PROTOCOL.md), onto the end of `out`. `address` is echoed
/// as it was received; octets of it that are not UTF-8 become U+FFFD. Allocates nothing where `out`
/// has room. read_answer() reads it back.
void write_verdict(std::string& out, std::string_view address, const verdict& found,
                   const advice& given);

/// The same by itself.
std::string render_verdict(std::string_view address, const verdict& found, const advice& given);

}  // namespace cbv::api

#endif
