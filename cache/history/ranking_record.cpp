#include "cache/history/ranking_record.hpp"

#include <algorithm>

#include "cache/records/fields.hpp"
#include "cbv/base/error.hpp"

namespace cbv::cache {
namespace {

constexpr std::size_t name_octets_max = 255;

void write(field_writer& out, const ranking& list) {
  const std::size_t names = std::min(list.size(), ranked_names_max);
  out.varint(names);
  for (std::size_t i = 0; i < names; ++i) {
    out.text<std::uint8_t>(list[i].name, name_octets_max);
    out.varint(list[i].count);
    out.varint(list[i].error);
  }
}

bool read(field_reader& in, ranking& list) {
  const std::uint64_t names = in.varint();
  if (names > ranked_names_max) return false;
  for (std::uint64_t i = 0; i < names; ++i) {
    ranked one;
    one.name = in.text<std::uint8_t>(name_octets_max);
    one.count = in.varint();
    one.error = in.varint();
    if (!in.good() || one.error > one.count) return false;
    if (!list.empty() && list.back().count < one.count) return false;
    list.push_back(std::move(one));
  }
  return in.good();
}

}  // namespace

std::string encode_ranking_record(std::string_view key, const rankings& held) {
  field_writer out(16 + 32 * (held.domains.size() + held.hosts.size() + held.clients.size()));
  out.number(ranking_record_version);
  for (const ranking* list : {&held.domains, &held.hosts, &held.clients}) write(out, *list);
  return out.take_signed(key);
}

result<rankings> decode_ranking_record(std::string_view key, std::string_view octets) {
  const auto body = signed_body(key, octets);
  if (!body) return errc::record_corrupt;
  field_reader in(*body);
  if (in.number<std::uint8_t>() != ranking_record_version) return errc::record_corrupt;
  rankings held;
  for (ranking* list : {&held.domains, &held.hosts, &held.clients}) {
    if (!read(in, *list)) return errc::record_corrupt;
  }
  return held;
}

}  // namespace cbv::cache
