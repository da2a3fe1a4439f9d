// Times and sizes as people write them: "90s", "1d", "64MiB".
#ifndef CBV_BASE_AMOUNT_HPP
#define CBV_BASE_AMOUNT_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cbv {

/// A whole number and one of ms, s, m, h, d, without a space; nothing if it is no time.
std::optional<std::chrono::milliseconds> parse_time(std::string_view text);

/// The shortest exact form of a time that is not negative: "1d", "90s", "1500ms".
std::string time_text(std::chrono::milliseconds time);

/// A whole number of octets and one of B, KiB, MiB, GiB, TiB; nothing if it is no size.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// The shortest exact form: "64MiB", "1000B".
std::string size_text(std::uint64_t octets);

}  // namespace cbv

#endif
