// The parameters of a request, read by name: what is unknown, missing, given twice, of the wrong
// type or out of range is said by name. Pure.
#ifndef CBV_API_PARAMS_HPP
#define CBV_API_PARAMS_HPP

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/json_rpc.hpp"

namespace cbv::api {

/// Why a parameter was not taken; nothing if it was.
using taken = std::optional<fault>;

/// A name that whoever asks has chosen: shown, but not at any length.
std::string shown(std::string_view name);

/// "params.NAME: WHAT".
fault wrong(std::string_view name, std::string_view what);

/// "params.NAME: expected WANTED, got ...".
fault expected(std::string_view wanted, const json_member& got);

taken take_text(const json_member& given, std::string& into);
taken take_truth(const json_member& given, bool& into);
taken take_number(const json_member& given, std::int64_t least, std::int64_t most,
                  std::int64_t& into);

/// The longest `wait_ms` that may be asked for.
inline constexpr std::chrono::milliseconds wait_max{600'000};
taken take_wait(const json_member& given, std::chrono::milliseconds& into);

/// A parameter and where it goes.
template <class Target>
struct param {
  std::string_view name;
  taken (*take)(const json_member&, Target&);
};

/// Takes them all; in `seen` what was given.
template <class Target, std::size_t Count>
taken read_params(const request& asked, const std::array<param<Target>, Count>& known, Target& into,
                  std::array<bool, Count>& seen) {
  for (const json_member& given : asked.params) {
    std::size_t i = 0;
    while (i < Count && known[i].name != given.name) ++i;
    if (i == Count) return wrong(given.name, "unknown parameter");
    if (std::exchange(seen[i], true)) return wrong(given.name, "given twice");
    if (taken bad = known[i].take(given, into)) return bad;
  }
  return {};
}

}  // namespace cbv::api

#endif
