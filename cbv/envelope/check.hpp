// The checks of an envelope, by name and in their order.
#ifndef CBV_ENVELOPE_CHECK_HPP
#define CBV_ENVELOPE_CHECK_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace cbv::envelope {

/// In the order in which their decisions count: cheapest first, the callout last. The numbers are
/// kept on disk, in the history of what was counted: a check that is added takes the next one, and
/// the order must then be had in another way.
enum class check : std::uint8_t {
  skips,            // who is exempt, and from what
  rate,             // how much this client asks for
  syntax,           // of both paths
  access,           // the administrator's lists
  helo,             // the argument of HELO or EHLO
  client_name,      // the PTR of the client, and the way back from it
  dnsbl,            // lists of clients in the DNS
  own_domain,       // who may use our domains and those of partners
  spf,              // RFC 7208
  sender_domain,    // the domain of the reverse-path in the DNS
  recipient,        // a table, or a call-ahead
  sender_callback,  // a call-back
};

inline constexpr std::size_t checks_count = 12;

/// All of them in their order.
constexpr std::array<check, checks_count> all_checks() noexcept {
  std::array<check, checks_count> all{};
  for (std::size_t i = 0; i < checks_count; ++i) all.at(i) = static_cast<check>(i);
  return all;
}

constexpr std::size_t index_of(check which) noexcept {
  return static_cast<std::size_t>(which);
}

/// "skips", "rate" and so on.
std::string_view to_string(check which) noexcept;
std::optional<check> check_from_name(std::string_view name) noexcept;

/// Some of the checks. A value.
class check_set {
 public:
  constexpr check_set() = default;
  constexpr check_set(std::initializer_list<check> these) {
    for (const check one : these) add(one);
  }
  constexpr void add(check one) noexcept { bits_ |= bit_of(one); }
  constexpr void remove(check one) noexcept { bits_ &= ~bit_of(one); }
  constexpr bool has(check one) const noexcept { return (bits_ & bit_of(one)) != 0; }
  constexpr bool empty() const noexcept { return bits_ == 0; }

  friend constexpr bool operator==(const check_set&, const check_set&) = default;

 private:
  static constexpr std::uint32_t bit_of(check one) noexcept { return 1U << index_of(one); }

  std::uint32_t bits_ = 0;
};

}  // namespace cbv::envelope

#endif
