#include "cbv/dns/encode.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <string_view>
#include <utility>
#include <variant>

#include "cbv/dns/name.hpp"

namespace cbv::dns {
namespace {

constexpr std::uint16_t type_opt = 41;
constexpr std::size_t pointer_target_max = 0x3fff;
constexpr std::size_t string_octets_max = 255;

class writer {
 public:
  bool failed() const { return failed_; }
  std::string take() { return std::move(bytes_); }
  std::size_t size() const { return bytes_.size(); }

  void u8(unsigned value) { bytes_ += static_cast<char>(value & 0xffU); }
  void u16(unsigned value) {
    u8(value >> 8U);
    u8(value);
  }
  void u32(std::uint32_t value) {
    u16(value >> 16U);
    u16(value);
  }
  void octets(std::string_view bytes) { bytes_ += bytes; }

  void name(std::string_view text) {
    const result<std::string> wire = name_to_wire(text);
    if (!wire) {
      failed_ = true;
      return;
    }
    std::string_view rest = *wire;
    while (rest.size() > 1) {
      const auto known = suffixes_.find(rest);
      if (known != suffixes_.end()) {
        u16(0xc000U | known->second);
        return;
      }
      if (bytes_.size() <= pointer_target_max) {
        suffixes_.emplace(rest, static_cast<std::uint16_t>(bytes_.size()));
      }
      const std::size_t label = static_cast<std::uint8_t>(rest.front()) + 1U;
      octets(rest.substr(0, label));
      rest.remove_prefix(label);
    }
    u8(0);
  }

  /// Writes what `body` writes, with its length in two octets ahead.
  template <class Body>
  void counted(Body body) {
    const std::size_t start = bytes_.size();
    u16(0);
    body();
    const std::size_t length = bytes_.size() - start - 2;
    if (length > 0xffff) failed_ = true;
    bytes_[start] = static_cast<char>(length >> 8U & 0xffU);
    bytes_[start + 1] = static_cast<char>(length & 0xffU);
  }

  void fail() { failed_ = true; }

 private:
  std::string bytes_;
  std::map<std::string, std::uint16_t, std::less<>> suffixes_;  // by wire form
  bool failed_ = false;
};

// Writes the data of one record, if it is what its type calls for.
struct data_writer {
  writer& out;
  record_type type;

  bool is(record_type wanted) const {
    if (type != wanted) out.fail();
    return type == wanted;
  }

  void operator()(const raw_data& data) const { out.octets(data.octets); }
  void operator()(const boost::asio::ip::address_v4& data) const {
    if (is(record_type::a)) address(data);
  }
  void operator()(const boost::asio::ip::address_v6& data) const {
    if (is(record_type::aaaa)) address(data);
  }
  void operator()(const mx_record& data) const {
    if (!is(record_type::mx)) return;
    out.u16(data.preference);
    out.name(data.exchange);
  }
  void operator()(const name_data& data) const {
    if (type != record_type::ns && type != record_type::cname && type != record_type::ptr) {
      out.fail();
    }
    out.name(data.name);
  }
  void operator()(const soa_data& data) const {
    if (!is(record_type::soa)) return;
    out.name(data.primary);
    out.name(data.responsible);
    for (const std::uint32_t value :
         {data.serial, data.refresh, data.retry, data.expire, data.minimum}) {
      out.u32(value);
    }
  }
  void operator()(const text_data& data) const {
    if (!is(record_type::txt)) return;
    if (data.strings.empty()) out.u8(0);
    for (const std::string& whole : data.strings) {
      std::string_view rest = whole;
      do {
        const std::string_view part = rest.substr(0, string_octets_max);
        out.u8(static_cast<unsigned>(part.size()));
        out.octets(part);
        rest.remove_prefix(part.size());
      } while (!rest.empty());
    }
  }

 private:
  template <class Address>
  void address(const Address& data) const {
    for (const auto octet : data.to_bytes()) out.u8(octet);
  }
};

void write_records(writer& out, const std::vector<record>& records) {
  for (const record& one : records) {
    out.name(one.name);
    out.u16(static_cast<std::uint16_t>(one.type));
    out.u16(class_in);
    out.u32(static_cast<std::uint32_t>(
        std::clamp<std::chrono::seconds::rep>(one.ttl.count(), 0, 0x7fffffff)));
    out.counted([&] { std::visit(data_writer{out, one.type}, one.data); });
  }
}

void write_opt(writer& out, const message& from) {
  out.u8(0);
  out.u16(type_opt);
  out.u16(from.udp_octets);
  out.u32(static_cast<std::uint32_t>(from.code) >> 4U << 24U);
  out.u16(0);
}

unsigned flags_of(const message& from) {
  unsigned flags = static_cast<unsigned>(from.code) & 0xfU;
  if (from.response) flags |= 0x8000U;
  flags |= (from.opcode & 0xfU) << 11U;
  if (from.authoritative) flags |= 0x0400U;
  if (from.truncated) flags |= 0x0200U;
  if (from.recursion_desired) flags |= 0x0100U;
  if (from.recursion_available) flags |= 0x0080U;
  if (from.authenticated) flags |= 0x0020U;
  return flags;
}

}  // namespace

result<std::string> encode_message(const message& from, std::size_t octets_max) {
  for (const auto* section : {&from.answers, &from.authorities, &from.additionals}) {
    if (section->size() >= 0xffff) return errc::message_malformed;
  }
  writer out;
  out.u16(from.id);
  out.u16(flags_of(from));
  out.u16(from.asked ? 1 : 0);
  out.u16(static_cast<unsigned>(from.answers.size()));
  out.u16(static_cast<unsigned>(from.authorities.size()));
  out.u16(static_cast<unsigned>(from.additionals.size()) + (from.udp_octets != 0 ? 1U : 0U));
  if (from.asked) {
    out.name(from.asked->name);
    out.u16(static_cast<std::uint16_t>(from.asked->type));
    out.u16(from.asked->qclass);
  }
  write_records(out, from.answers);
  write_records(out, from.authorities);
  write_records(out, from.additionals);
  if (from.udp_octets != 0) write_opt(out, from);
  if (out.failed()) return errc::message_malformed;
  if (out.size() <= octets_max) return out.take();

  if (from.answers.empty() && from.authorities.empty() && from.additionals.empty()) {
    return errc::message_malformed;
  }
  message bare = from;
  bare.truncated = true;
  bare.answers.clear();
  bare.authorities.clear();
  bare.additionals.clear();
  return encode_message(bare, octets_max);
}

std::size_t udp_limit(const message& query) noexcept {
  return std::max<std::size_t>(query.udp_octets, 512);
}

}  // namespace cbv::dns
