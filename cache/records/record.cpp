#include "cache/records/record.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <utility>

#include "cache/records/fields.hpp"
#include "cbv/address/local_part.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::cache {
namespace {

constexpr std::size_t lmdb_key_octets_max = 511;
static_assert(key_octets_max <= lmdb_key_octets_max);

constexpr std::size_t short_text_octets_max = 255;

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

void append_mailbox(record_key& key, std::string_view local_part, role side) {
  key.append(std::string_view("\0", 1));
  key.append(local_part);
  const char last = static_cast<char>(side);
  key.append({&last, 1});
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
  append_mailbox(key, cache_key.substr(0, at), side);
  return key;
}

record_key encode_key(role side, const mailbox& address) {
  const std::string& local_part = address.local_part();
  std::array<char, local_part_octets_max> folded;
  const bool is_simplest = !local_part.starts_with('"') && local_part.size() <= folded.size();
  if (!is_simplest) return encode_key(side, cache_key(address));

  // As above, without a string on the way.
  std::transform(local_part.begin(), local_part.end(), folded.begin(),
                 [](char c) { return ascii::to_lower(c); });
  record_key key;
  append_reversed(key, address.domain().text());
  append_mailbox(key, {folded.data(), local_part.size()}, side);
  return key;
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
  return out.take_signed(key);
}

result<record> decode_record(std::string_view key, std::string_view octets) {
  const auto body = signed_body(key, octets);
  if (!body) return errc::record_corrupt;
  field_reader in(*body);
  if (in.number<std::uint8_t>() != record_version) return errc::record_corrupt;

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
