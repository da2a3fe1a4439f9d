// What we could not do, as error codes.
//
// What a peer or the DNS says is never an error but a value (smtp::reply, dns::answer, verdict). A
// new code is added only where a caller would act on it; everything else is a field of a log line.
#ifndef CBV_BASE_ERROR_HPP
#define CBV_BASE_ERROR_HPP

#include <boost/system/error_code.hpp>

namespace cbv {

using error_code = boost::system::error_code;

enum class errc {
  timed_out = 1,      // our own deadline; a cancelled operation is asio::error::operation_aborted
  line_too_long,      // a peer's line has more octets than we are willing to hold
  over_limit,         // a peer sent more of something than its named limit
  reply_malformed,    // not a reply of RFC 5321 section 4.2
  message_malformed,  // not a DNS message of RFC 1035
  record_corrupt,     // a stored record that is not what we wrote
  request_malformed,  // not a JSON-RPC request we can answer
  not_available,      // the other side of a local socket is not there
};

/// The category "cbv" of the codes above. Never throws; safe from any thread.
const boost::system::error_category& error_category() noexcept;

/// Lets `errc` be used where an error_code is wanted.
error_code make_error_code(errc code) noexcept;

}  // namespace cbv

template <>
struct boost::system::is_error_code_enum<cbv::errc> : std::true_type {};

#endif
