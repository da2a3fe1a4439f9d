#include "cbv/dns/message.hpp"

#include <algorithm>
#include <utility>

#include "cbv/dns/name.hpp"

namespace cbv::dns {
namespace {

constexpr std::uint16_t type_opt = 41;
constexpr std::uint16_t response_udp_octets = 1232;

// Takes a message apart from front to back. `end` is where the part now read ends: the message, or
// the data of one record. A read past it sets `failed` and gives zero, so that it is enough to look
// at the end of each part.
class reader {
 public:
  explicit reader(std::string_view bytes) : bytes_(bytes), end_(bytes.size()) {}

  bool failed() const { return failed_; }
  void fail() { failed_ = true; }

  std::uint8_t u8() {
    if (failed_ || at_ >= end_) {
      failed_ = true;
      return 0;
    }
    return static_cast<std::uint8_t>(bytes_[at_++]);
  }
  std::uint16_t u16() {
    const unsigned high = u8();
    return static_cast<std::uint16_t>(high << 8U | u8());
  }
  std::uint32_t u32() {
    const std::uint32_t high = u16();
    return high << 16U | u16();
  }
  std::string octets(std::size_t count) {
    if (failed_ || end_ - at_ < count) {
      failed_ = true;
      return {};
    }
    at_ += count;
    return std::string(bytes_.substr(at_ - count, count));
  }
  std::string name() {
    if (failed_) return {};
    result<std::string> text = read_name(bytes_.substr(0, end_), at_);
    if (text) return *std::move(text);
    failed_ = true;
    return {};
  }

  std::size_t left() const { return end_ - at_; }

  /// Narrows the reader to the next `count` octets; whole() widens it again, and all of them must
  /// have been read by then.
  void narrow(std::size_t count) {
    if (left() < count) failed_ = true;
    if (!failed_) end_ = at_ + count;
  }
  void whole() {
    if (at_ != end_) failed_ = true;
    end_ = bytes_.size();
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t end_;
  bool failed_ = false;
};

template <class Address>
Address read_address(reader& in) {
  typename Address::bytes_type bytes;
  for (auto& octet : bytes) octet = in.u8();
  return Address(bytes);
}

soa_data read_soa(reader& in) {
  soa_data soa;
  soa.primary = in.name();
  soa.responsible = in.name();
  soa.serial = in.u32();
  soa.refresh = in.u32();
  soa.retry = in.u32();
  soa.expire = in.u32();
  soa.minimum = in.u32();
  return soa;
}

text_data read_text(reader& in) {
  text_data text;
  do {
    const std::size_t length = in.u8();
    text.strings.push_back(in.octets(length));
  } while (!in.failed() && in.left() > 0);
  return text;
}

record_data read_data(reader& in, record_type type) {
  switch (type) {
    case record_type::a:
      return read_address<boost::asio::ip::address_v4>(in);
    case record_type::aaaa:
      return read_address<boost::asio::ip::address_v6>(in);
    case record_type::ns:
    case record_type::cname:
    case record_type::ptr:
      return name_data{in.name()};
    case record_type::mx: {
      const std::uint16_t preference = in.u16();
      return mx_record{preference, in.name()};
    }
    case record_type::soa:
      return read_soa(in);
    case record_type::txt:
      return read_text(in);
  }
  return raw_data{in.octets(in.left())};
}

// A TTL with the top bit set is to be read as zero (RFC 2181 section 8).
std::chrono::seconds read_ttl(std::uint32_t octets) {
  return std::chrono::seconds(octets > 0x7fffffffU ? 0U : octets);
}

// OPT reuses the fields of a record for other things (RFC 6891 section 6.1.2).
void read_opt(reader& in, message& into, const std::string& name, bool in_additionals) {
  if (!name.empty() || !in_additionals || into.udp_octets != 0) in.fail();
  into.udp_octets = std::max<std::uint16_t>(in.u16(), 512);
  const std::uint32_t flags = in.u32();
  into.code = static_cast<response_code>(static_cast<unsigned>(into.code) | flags >> 24U << 4U);
  const std::uint16_t length = in.u16();
  in.octets(length);
}

void read_records(reader& in, message& into, std::uint16_t count, std::vector<record>& records) {
  for (; count > 0 && !in.failed(); --count) {
    record one;
    one.name = in.name();
    one.type = static_cast<record_type>(in.u16());
    if (static_cast<std::uint16_t>(one.type) == type_opt) {
      read_opt(in, into, one.name, &records == &into.additionals);
      continue;
    }
    const std::uint16_t rclass = in.u16();
    one.ttl = read_ttl(in.u32());
    const std::uint16_t length = in.u16();
    if (rclass != class_in) {
      in.octets(length);
      continue;
    }
    in.narrow(length);
    one.data = read_data(in, one.type);
    in.whole();
    records.push_back(std::move(one));
  }
}

}  // namespace

result<message> parse_message(std::string_view bytes) {
  if (bytes.size() > message_octets_max) return errc::message_malformed;
  reader in(bytes);
  message read;
  read.id = in.u16();
  const unsigned flags = in.u16();
  read.response = (flags & 0x8000U) != 0;
  read.opcode = static_cast<std::uint8_t>(flags >> 11U & 0xfU);
  read.authoritative = (flags & 0x0400U) != 0;
  read.truncated = (flags & 0x0200U) != 0;
  read.recursion_desired = (flags & 0x0100U) != 0;
  read.recursion_available = (flags & 0x0080U) != 0;
  read.authenticated = (flags & 0x0020U) != 0;
  read.code = static_cast<response_code>(flags & 0xfU);
  const std::uint16_t questions = in.u16();
  const std::uint16_t answers = in.u16();
  const std::uint16_t authorities = in.u16();
  const std::uint16_t additionals = in.u16();
  if (questions > 1) return errc::message_malformed;
  if (questions == 1) {
    question asked;
    asked.name = in.name();
    asked.type = static_cast<record_type>(in.u16());
    asked.qclass = in.u16();
    read.asked = std::move(asked);
  }
  read_records(in, read, answers, read.answers);
  read_records(in, read, authorities, read.authorities);
  read_records(in, read, additionals, read.additionals);
  if (in.failed()) return errc::message_malformed;
  return read;
}

message response_to(const message& query) {
  message response;
  response.id = query.id;
  response.response = true;
  response.opcode = query.opcode;
  response.recursion_desired = query.recursion_desired;
  response.asked = query.asked;
  if (query.udp_octets != 0) response.udp_octets = response_udp_octets;
  return response;
}

}  // namespace cbv::dns
