// Well-formed JSON cut into its members and items, without a tree: for answers that are long and
// passed on as they are.
#ifndef CBV_API_JSON_PIECES_HPP
#define CBV_API_JSON_PIECES_HPP

#include <string_view>
#include <vector>

namespace cbv::api {

/// The value of the first member with this name, which has no escapes; empty if there is none, or
/// this is no object. What is not well-formed JSON gives pieces of it, but nothing outside of it.
std::string_view member_of(std::string_view object, std::string_view name) noexcept;

/// The items of an array; none if it is no array.
std::vector<std::string_view> items_of(std::string_view array);

}  // namespace cbv::api

#endif
