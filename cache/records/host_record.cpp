#include "cache/records/host_record.hpp"

#include <array>
#include <limits>
#include <utility>

#include "cache/records/fields.hpp"

namespace cbv::cache {
namespace {

namespace ip = boost::asio::ip;

constexpr std::uint8_t unreachable_bit = 1;
constexpr std::uint8_t refused_bit = 2;

template <class Octets>
std::string text_of(const Octets& octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

template <class Octets>
Octets octets_of(std::string_view text) {
  Octets octets{};
  for (std::size_t i = 0; i < octets.size(); ++i) octets[i] = static_cast<unsigned char>(text[i]);
  return octets;
}

void write(field_writer& out, const host_trouble& one) {
  out.time(one.since);
  out.time(one.last);
  out.time(one.until);
  out.number(one.in_a_row);
  out.text<std::uint16_t>(one.said, host_said_octets_max);
}

host_trouble read_trouble(field_reader& in) {
  host_trouble one;
  one.since = in.time();
  one.last = in.time();
  one.until = in.time();
  one.in_a_row = in.number<std::uint8_t>();
  one.said = in.text<std::uint16_t>(host_said_octets_max);
  return one;
}

bool is_over(const host_trouble& one, const lifetimes& times, wall_time now) noexcept {
  return now >= one.until + times.host_memory;
}

std::optional<host_trouble>& trouble_in(host_facts& facts, host_fault what) noexcept {
  return what == host_fault::unreachable ? facts.unreachable : facts.refused;
}

}  // namespace

std::string encode_host_key(const ip::address& of) {
  if (of.is_v4()) return text_of(of.to_v4().to_bytes());
  const ip::address_v6 wide = of.to_v6();
  if (wide.is_v4_mapped()) return text_of(ip::make_address_v4(ip::v4_mapped, wide).to_bytes());
  return text_of(wide.to_bytes());
}

std::optional<ip::address> decode_host_key(std::string_view key) {
  using narrow = ip::address_v4::bytes_type;
  using wide = ip::address_v6::bytes_type;
  if (key.size() == narrow{}.size()) return ip::address_v4(octets_of<narrow>(key));
  if (key.size() == wide{}.size()) return ip::address_v6(octets_of<wide>(key));
  return std::nullopt;
}

std::string encode_host_record(std::string_view key, const host_facts& held) {
  field_writer out(64);
  out.number(host_record_version);
  const int bits = (held.unreachable ? unreachable_bit : 0) | (held.refused ? refused_bit : 0);
  out.number(static_cast<std::uint8_t>(bits));
  if (held.unreachable) write(out, *held.unreachable);
  if (held.refused) write(out, *held.refused);
  return out.take_signed(key);
}

result<host_facts> decode_host_record(std::string_view key, std::string_view octets) {
  const auto body = signed_body(key, octets);
  if (!body || !decode_host_key(key)) return errc::record_corrupt;
  field_reader in(*body);
  if (in.number<std::uint8_t>() != host_record_version) return errc::record_corrupt;
  const auto bits = in.number<std::uint8_t>();
  if ((bits & ~(unreachable_bit | refused_bit)) != 0) return errc::record_corrupt;
  host_facts read;
  if ((bits & unreachable_bit) != 0) read.unreachable = read_trouble(in);
  if ((bits & refused_bit) != 0) read.refused = read_trouble(in);
  if (!in.good()) return errc::record_corrupt;
  return read;
}

host_facts facts_in(const host_facts& held, const lifetimes& times, wall_time now) {
  const auto believed = [&](const std::optional<host_trouble>& one) {
    const bool good = one && !is_over(*one, times, now) && one->last <= now + clock_slack;
    return good ? one : std::nullopt;
  };
  return {believed(held.unreachable), believed(held.refused)};
}

host_facts with_trouble(host_facts known, host_fault what, wall_time until, std::string said,
                        wall_time now) {
  auto& one = trouble_in(known, what);
  if (!one) {
    one = host_trouble{now, now, until, 1, std::move(said)};
    return known;
  }
  if (one->in_a_row < std::numeric_limits<std::uint8_t>::max()) ++one->in_a_row;
  one->last = now;
  one->until = until;
  one->said = std::move(said);
  return known;
}

host_facts without_trouble(host_facts known, host_fault what) {
  trouble_in(known, what).reset();
  return known;
}

bool is_forgotten(const host_facts& held, const lifetimes& times, wall_time now) noexcept {
  const auto is_needed = [&](const std::optional<host_trouble>& one) {
    return one && !is_over(*one, times, now);
  };
  return !is_needed(held.unreachable) && !is_needed(held.refused);
}

}  // namespace cbv::cache
