#include "cbv/callout/far_host.hpp"

#include <algorithm>
#include <array>
#include <boost/system/errc.hpp>
#include <chrono>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::callout {
namespace {

using smtp::probe_end;
using smtp::probe_outcome;

// Our own network is down, or has no such family, or we have no more sockets: that is over when
// somebody mends it here, and worth nothing after a restart.
bool is_trouble_of_ours(const error_code& why) {
  using boost::system::errc::errc_t;
  constexpr std::array ours{
      errc_t::network_unreachable,   errc_t::network_down,
      errc_t::address_not_available, errc_t::address_family_not_supported,
      errc_t::permission_denied,     errc_t::operation_not_permitted,
      errc_t::too_many_files_open,   errc_t::too_many_files_open_in_system,
      errc_t::no_buffer_space,       errc_t::not_enough_memory,
      errc_t::operation_canceled,
  };
  return std::any_of(ours.begin(), ours.end(), [&why](errc_t one) { return why == one; });
}

std::string words_of(const smtp::reply& said) {
  return std::to_string(said.code) + ' ' + joined_text(said);
}

}  // namespace

bool far_host::is_refusal_of_us(const probe_outcome& outcome) const {
  if (outcome.end != probe_end::replied || !outcome.reply) return false;
  return outcome.reply->code == closing || with_.is_about_us(outcome);
}

// What a host does to one is a reason to leave it alone, or to take heart.
void far_host::observe(const probe_outcome& outcome) {
  if (is_refusal_of_us(outcome)) {
    const std::string said = words_of(*outcome.reply);
    const auto span = standing_.refused_us(said, with_.time.now());
    if (span) remember(host_fault::refused, *span, said);
    hold_back_waiting(standing_.why_left_alone());
  } else if (outcome.end == probe_end::replied && outcome.at == stage::rcpt) {
    if (standing_.took_a_question()) remember_success(host_fault::refused);
  }
  note_standing();
}

void far_host::observe_no_connection(const probe_outcome& outcome, const error_code& why) {
  const auto span = standing_.not_reached(outcome, with_.time.now());
  if (span && !is_trouble_of_ours(why)) remember(host_fault::unreachable, *span, outcome.detail);
  note_standing();
}

void far_host::observe_connection() {
  if (standing_.reached()) remember_success(host_fault::unreachable);
  note_standing();
}

// It may be dropped while it is left alone, so the census knows it by what it is known by.
void far_host::note_standing() {
  const time_point until = standing_.left_alone_until();
  if (until == std::exchange(noted_until_, until)) return;
  with_.census.note(how_->name + ' ' + standing_.address(), until, with_.time.now());
}

// Servers of one's own are not: after a restart they are asked at once.
bool far_host::is_remembered() const noexcept {
  return with_.memory != nullptr && how_->name.empty() && !where_.is_local();
}

void far_host::remember(host_fault what, std::chrono::milliseconds span, std::string_view said) {
  if (!is_remembered()) return;
  const wall_time today = with_.time.wall_now();
  const wall_time until = today + std::chrono::ceil<std::chrono::seconds>(span);
  with_.memory->note_trouble(where_.at.address, what, until, ascii::printable(said), today);
}

void far_host::remember_success(host_fault what) {
  if (is_remembered()) with_.memory->note_success(where_.at.address, what, with_.time.wall_now());
}

void far_host::drop_forgotten_troubles() {
  const bool has_any =
      standing_.has_trouble(host_fault::unreachable) || standing_.has_trouble(host_fault::refused);
  if (!has_any || !is_remembered()) return;
  const host_facts known = with_.memory->facts(where_.at.address, with_.time.wall_now());
  if (!known.unreachable) standing_.forget(host_fault::unreachable);
  if (!known.refused) standing_.forget(host_fault::refused);
  note_standing();
}

void far_host::forget_troubles() {
  standing_.forget(host_fault::unreachable);
  standing_.forget(host_fault::refused);
  note_standing();
}

}  // namespace cbv::callout
