// Octets of strangers, fit to be shown and not too long.
#ifndef CBV_BASE_SHOWN_HPP
#define CBV_BASE_SHOWN_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace cbv {

/// ascii::printable(), cut behind a whole character so that it has at most `octets_max` octets.
std::string shown(std::string_view bytes, std::size_t octets_max);

}  // namespace cbv

#endif
