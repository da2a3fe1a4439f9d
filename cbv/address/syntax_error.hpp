// Why an address is refused, and where.
#ifndef CBV_ADDRESS_SYNTAX_ERROR_HPP
#define CBV_ADDRESS_SYNTAX_ERROR_HPP

#include <boost/system/result.hpp>
#include <cstddef>
#include <string>
#include <utility>

namespace cbv {

/// `what` is a clause for people ("the local-part has more than 64 octets"); `octet` counts from 1,
/// and is one past the end where something is missing.
struct syntax_error {
  std::string what;
  std::size_t octet = 1;

  // Not an aggregate: one that can be made of a string alone makes parsed<std::string> ambiguous.
  syntax_error() = default;
  syntax_error(std::string why, std::size_t where) : what(std::move(why)), octet(where) {}

  friend bool operator==(const syntax_error&, const syntax_error&) = default;
};

/// "WHAT (octet N)".
std::string to_string(const syntax_error& error);

/// A value, or why the text is not one. Test it, then use *parsed.
template <class T>
using parsed = boost::system::result<T, syntax_error>;

}  // namespace cbv

#endif
