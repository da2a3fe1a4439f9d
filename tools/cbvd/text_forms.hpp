// How settings that are texts are read and shown.
#ifndef CBV_TOOLS_CBVD_TEXT_FORMS_HPP
#define CBV_TOOLS_CBVD_TEXT_FORMS_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "cbv/address/mailbox.hpp"
#include "cbv/address/name_pattern.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/base/error.hpp"
#include "cbv/net/endpoint.hpp"
#include "cbv/net/ip_network.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

/// Not empty.
text_form<std::string> any_text();

/// Anything, or nothing.
text_form<std::string> any_text_or_none();

text_form<std::string> absolute_path();

/// Permission bits: "0660".
text_form<unsigned> octal_mode();

/// A list_setting of name_pattern_text() whose target is a name_list.
setting name_list_setting(std::string key, name_list& target);

text_form<net::endpoint> endpoint_text();
text_form<net::ip_network> network_text();

/// ADDRESS or ADDRESS:PORT.
text_form<std::string> dns_server();

text_form<std::string> host_name();

/// An IP address; an empty text is none.
text_form<std::string> own_address();

/// A mailbox, or "<>".
text_form<reverse_path> return_path();

/// The same; an empty text is none.
text_form<std::optional<reverse_path>> return_path_or_none();

/// An empty text is none.
text_form<std::optional<mailbox>> mailbox_or_none();

/// A time in whole seconds, within bounds.
text_form<std::chrono::seconds> whole_seconds(std::chrono::seconds least,
                                              std::chrono::seconds most);

/// "example.org", "*.example.org" or ".example.org".
text_form<name_pattern> name_pattern_text();

/// An address of one family; an empty text is none.
template <class Address>
text_form<std::optional<Address>> source_address() {
  return {[](std::string_view text) -> parsed<std::optional<Address>> {
            if (text.empty()) return std::optional<Address>();
            error_code wrong;
            const auto address = asio::ip::make_address(text, wrong);
            if constexpr (std::is_same_v<Address, asio::ip::address_v4>) {
              if (!wrong && address.is_v4()) return std::optional(address.to_v4());
            } else {
              if (!wrong && address.is_v6()) return std::optional(address.to_v6());
            }
            return syntax_error{"it is no address of this family", 1};
          },
          [](const std::optional<Address>& address) {
            return address ? address->to_string() : std::string();
          }};
}

}  // namespace cbv::cbvd

#endif
