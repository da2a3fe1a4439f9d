#include "cache/record.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

#include "cache/checksum.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv::cache {
namespace {

constexpr std::size_t lmdb_key_octets_max = 511;
static_assert(key_octets_max <= lmdb_key_octets_max);

constexpr std::size_t short_text_octets_max = 255;
constexpr std::size_t checksum_octets = 4;

/// Appends fields, little end first.
class field_writer {
 public:
  explicit field_writer(std::size_t octets) { octets_.reserve(octets); }

  template <class Number>
  void number(Number value) {
    static_assert(std::is_unsigned_v<Number>);
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      octets_.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
    }
  }

  template <class Word>
  void word(Word value) {
    number(static_cast<std::uint8_t>(value));
  }

  void clamped(std::int64_t value) {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    number(static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, most)));
  }

  void time(wall_time value) { clamped(value.time_since_epoch().count()); }

  template <class Length>
  void text(std::string_view value, std::size_t octets_max) {
    const std::string_view kept = utf8::truncate(value, octets_max);
    number(static_cast<Length>(kept.size()));
    octets_.append(kept);
  }

  std::string_view so_far() const noexcept { return octets_; }
  std::string take() { return std::move(octets_); }

 private:
  std::string octets_;
};

/// Takes fields off the front. Once something is missing or odd it is bad for good, and all it
/// gives is zero or nothing.
class field_reader {
 public:
  explicit field_reader(std::string_view octets) : rest_(octets) {}

  template <class Number>
  Number number() {
    static_assert(std::is_unsigned_v<Number>);
    if (rest_.size() < sizeof(Number)) {
      fail();
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    }
    rest_.remove_prefix(sizeof(Number));
    return static_cast<Number>(value);
  }

  template <class Word>
  Word word() {
    const auto known = word_from_number<Word>(number<std::uint8_t>());
    if (!known) fail();
    return known.value_or(Word{});
  }

  wall_time time() { return wall_time{std::chrono::seconds{number<std::uint32_t>()}}; }

  template <class Length>
  std::string_view text(std::size_t octets_max) {
    const std::size_t length = number<Length>();
    if (length > octets_max || length > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return value;
  }

  bool good() const noexcept { return good_; }
  bool at_end() const noexcept { return rest_.empty(); }

 private:
  void fail() noexcept {
    good_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool good_ = true;
};

bool is_reply_code(int code) {
  return code >= 100 && code <= 999;
}

/// Two reasons are judged by settings; every other belongs to one status.
bool belong_together(status judged, reason why) {
  if (why == reason::null_sender_refused || why == reason::relay_denied) {
    return judged != status::deliverable;
  }
  return status_of(why) == judged;
}

/// "mx.example.org" becomes "org.example.mx"; an address literal stays as it is.
void append_reversed(record_key& key, std::string_view domain) {
  std::size_t dot = domain.starts_with('[') ? std::string_view::npos : domain.rfind('.');
  while (dot != std::string_view::npos) {
    key.append(domain.substr(dot + 1));
    key.append(".");
    domain = domain.substr(0, dot);
    dot = domain.rfind('.');
  }
  key.append(domain);
}

}  // namespace

bool record_key::append(std::string_view more) noexcept {
  if (too_long_ || more.size() > octets_.size() - size_) {
    too_long_ = true;
    size_ = 0;
    return false;
  }
  if (!more.empty()) std::memcpy(octets_.data() + size_, more.data(), more.size());
  size_ = static_cast<std::uint16_t>(size_ + more.size());
  return true;
}

record_key encode_key(role side, std::string_view cache_key) {
  record_key key;
  const std::size_t at = cache_key.rfind('@');
  if (at == std::string_view::npos) return key;
  append_reversed(key, cache_key.substr(at + 1));
  key.append(std::string_view("\0", 1));
  key.append(cache_key.substr(0, at));
  const char last = static_cast<char>(side);
  key.append({&last, 1});
  return key;
}

record_key encode_key(role side, const mailbox& address) {
  return encode_key(side, cache_key(address));
}

std::string encode_record(std::string_view key, const record& held) {
  const verdict& v = held.verdict;
  const bool replied = v.reply && is_reply_code(v.reply->code);
  field_writer out(64 + v.host.size() + v.host_ip.size() + v.detail.size() +
                   (replied ? v.reply->text.size() : 0));
  out.number(record_version);
  out.word(v.status);
  out.word(v.reason);
  out.word(v.stage);
  out.word(v.source);
  out.word(v.catch_all);
  out.number(held.failures);
  out.number(held.disputed_by ? static_cast<std::uint8_t>(*held.disputed_by) : std::uint8_t{0});
  out.time(v.checked_at);
  out.time(v.refresh_at);
  out.time(v.expires_at);
  out.clamped(v.elapsed.count());
  out.number(replied ? static_cast<std::uint16_t>(v.reply->code) : std::uint16_t{0});
  out.text<std::uint8_t>(v.host, short_text_octets_max);
  out.text<std::uint8_t>(v.host_ip, short_text_octets_max);
  out.text<std::uint16_t>(v.detail, detail_octets_max);
  if (replied) {
    out.text<std::uint8_t>(v.reply->enhanced, short_text_octets_max);
    out.text<std::uint16_t>(v.reply->text, reply_text_octets_max);
  }
  if (v.tls && !v.tls->protocol.empty()) {
    out.text<std::uint8_t>(v.tls->protocol, short_text_octets_max);
    out.number(static_cast<std::uint8_t>(v.tls->verified));
  }
  out.number(checksum(key, out.so_far()));
  return out.take();
}

result<record> decode_record(std::string_view key, std::string_view octets) {
  if (octets.size() < 1 + checksum_octets) return errc::record_corrupt;
  const std::string_view body = octets.substr(0, octets.size() - checksum_octets);
  const auto written = field_reader(octets.substr(body.size())).number<std::uint32_t>();
  field_reader in(body);
  if (in.number<std::uint8_t>() != record_version) return errc::record_corrupt;
  if (written != checksum(key, body)) return errc::record_corrupt;

  record read;
  verdict& v = read.verdict;
  v.status = in.word<status>();
  v.reason = in.word<reason>();
  v.stage = in.word<stage>();
  v.source = in.word<source>();
  v.catch_all = in.word<catch_all>();
  read.failures = in.number<std::uint8_t>();
  const auto disputed_by = in.number<std::uint8_t>();
  v.checked_at = in.time();
  v.refresh_at = in.time();
  v.expires_at = in.time();
  v.elapsed = std::chrono::milliseconds{in.number<std::uint32_t>()};
  const int code = in.number<std::uint16_t>();
  v.host = in.text<std::uint8_t>(short_text_octets_max);
  v.host_ip = in.text<std::uint8_t>(short_text_octets_max);
  v.detail = in.text<std::uint16_t>(detail_octets_max);
  if (code != 0) {
    if (!is_reply_code(code)) return errc::record_corrupt;
    far_reply& reply = v.reply.emplace();
    reply.code = code;
    reply.enhanced = in.text<std::uint8_t>(short_text_octets_max);
    reply.text = in.text<std::uint16_t>(reply_text_octets_max);
  }
  if (!in.at_end()) {
    const std::string_view protocol = in.text<std::uint8_t>(short_text_octets_max);
    if (!protocol.empty()) {
      const auto verified = in.number<std::uint8_t>();
      if (verified > 1) return errc::record_corrupt;
      v.tls = tls_facts{std::string(protocol), verified == 1};
    }
  }
  if (!in.good() || !belong_together(v.status, v.reason)) return errc::record_corrupt;
  if (disputed_by != 0) {
    read.disputed_by = word_from_number<reason>(disputed_by);
    if (!read.disputed_by || v.status != status::deliverable) return errc::record_corrupt;
  }
  return read;
}

}  // namespace cbv::cache
