#include "api/conversation.hpp"

#include <cassert>
#include <utility>

#include "api/secret.hpp"
#include "api/usual_request.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::api {

void conversation::receive(std::string_view octets) {
  while (!octets.empty()) {
    const std::size_t end = octets.find('\n');
    const std::string_view piece = octets.substr(0, end);
    octets.remove_prefix(end == std::string_view::npos ? octets.size() : end + 1);
    const bool complete = end != std::string_view::npos;

    // One octet more than a line may have, for the CR of a CRLF.
    if (!skipping_ && line_.size() + piece.size() > limits_.line_octets_max + 1) {
      refuse_long_line();
      skipping_ = true;
    }
    if (!complete) {
      if (!skipping_) line_ += piece;
    } else if (skipping_) {
      skipping_ = false;
    } else if (line_.empty()) {
      take_line(piece);  // the usual case: no copy
    } else {
      line_ += piece;
      take_line(std::exchange(line_, {}));
    }
  }
}

void conversation::receive_message(std::string_view message) {
  if (message.size() > limits_.line_octets_max) return refuse_long_line();
  take_message(message);
}

void conversation::end_of_input() {
  if (!skipping_) take_line(std::exchange(line_, {}));
  skipping_ = false;
}

void conversation::answer(std::uint64_t ticket, std::string_view result) {
  const call_in_flight call = take_in_flight(ticket);
  if (!call.id.empty()) respond(*call.part_of, render_result(call.id, result));
  close_one(*call.part_of);
}

void conversation::refuse(std::uint64_t ticket, const fault& why) {
  const call_in_flight call = take_in_flight(ticket);
  if (!call.id.empty()) respond(*call.part_of, render_fault(call.id, why));
  close_one(*call.part_of);
}

void conversation::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.size() > limits_.line_octets_max) {
    refuse_long_line();
    return;
  }
  if (!ascii::trim(line).empty()) take_message(line);
}

void conversation::take_message(std::string_view text) {
  ++messages_;
  if (take_usual(text)) return;
  message read = read_message(text, limits_.message);
  const auto in = std::make_shared<line_exchange>();
  in->batch = read.batch;
  in->open = 1;  // us: the batch is not complete before all of it is read
  for (auto& entry : read.entries) {
    if (auto* bad = std::get_if<refused>(&entry)) {
      respond(*in, render_fault(bad->id, bad->why));
    } else {
      take_request(std::get<request>(std::move(entry)), in);
    }
  }
  close_one(*in);
}

// By far the most of what is sent is this, and most of it is answered from memory.
bool conversation::take_usual(std::string_view line) {
  constexpr std::size_t depth = 2;  // of the request and its parameters
  std::string_view id;
  if (limits_.message.depth_max < depth || !read_usual_request(line, id, usual_)) return false;
  const method which =
      usual_.role == role::sender ? method::verify_sender : method::verify_recipient;
  if (!may(which)) return false;  // it is refused where all are
  if (is_answered(id, usual_, output_)) {
    output_ += '\n';
    return true;
  }
  call made;
  made.method = which;
  made.asked = usual_;
  const auto in = std::make_shared<line_exchange>();
  in->open = 1;
  hold(std::string(id), std::move(made), in);
  close_one(*in);
  return true;
}

void conversation::take_request(request asked, const exchange_ptr& in) {
  const auto refuse_now = [&](const fault& why) {
    if (!asked.is_notification()) respond(*in, render_fault(asked.id, why));
  };
  auto read = read_call(asked);
  if (const auto* bad = std::get_if<fault>(&read)) return refuse_now(*bad);
  call& made = std::get<call>(read);
  if (made.method == method::authenticate) {
    if (const auto bad = take_token(made.token)) return refuse_now(*bad);
    if (!asked.is_notification()) respond(*in, render_result(asked.id, render_authenticated()));
    return;
  }
  if (const auto bad = fault_of(made)) return refuse_now(*bad);
  std::string response;
  if (is_verify(made.method) && !asked.is_notification() &&
      is_answered(asked.id, made.asked, response)) {
    return respond(*in, response);
  }
  hold(std::move(asked.id), std::move(made), in);
}

// One response behind those before it, if there is an answer already.
bool conversation::is_answered(std::string_view id, const query& asked,
                               std::string& responses) const {
  if (!at_once_) return false;
  const std::size_t before = responses.size();
  begin_result(responses, id);
  if (!at_once_(asked, responses)) {
    responses.resize(before);
    return false;
  }
  end_result(responses);
  return true;
}

void conversation::hold(std::string id, call made, const exchange_ptr& in) {
  if (in_flight_.size() >= limits_.in_flight_max) {
    const fault why{fault_code::too_many_requests,
                    "more than " + std::to_string(limits_.in_flight_max) + " in flight"};
    if (!id.empty()) respond(*in, render_fault(id, why));
    return;
  }
  ++in->open;
  const std::uint64_t ticket = next_ticket_++;
  in_flight_.emplace(ticket, call_in_flight{std::move(id), in});
  calls_.push_back(ticketed_call{ticket, std::move(made)});
}

void conversation::drop_output(std::size_t octets) {
  constexpr std::size_t kept_octets_max = 65'536;  // an idle client holds no more
  output_.erase(0, octets);
  if (output_.empty() && output_.capacity() > kept_octets_max) output_.shrink_to_fit();
}

std::optional<fault> conversation::take_token(std::string_view token) {
  if (rules_.token.empty()) return std::nullopt;  // then any will do
  if (!distrusted_ && is_secret(token, rules_.token)) {
    admitted_ = true;
    return std::nullopt;
  }
  admitted_ = false;
  distrusted_ = true;
  return fault{fault_code::not_authenticated, "not the token"};
}

bool conversation::may(method which) const {
  return admitted_ && rules_.allows(which);
}

std::optional<fault> conversation::fault_of(const call& asked) const {
  if (!admitted_) return fault{fault_code::not_authenticated, "call authenticate first"};
  if (rules_.allows(asked.method)) return std::nullopt;
  return fault{fault_code::method_not_allowed, std::string(to_string(asked.method))};
}

void conversation::refuse_long_line() {
  line_.clear();
  output_ +=
      render_fault("null", {fault_code::line_too_long,
                            "more than " + std::to_string(limits_.line_octets_max) + " octets"});
  output_ += '\n';
}

void conversation::respond(line_exchange& in, std::string_view response) {
  const std::size_t before = in.responses.size();
  if (!in.responses.empty()) in.responses += ',';
  in.responses += response;
  held_octets_ += in.responses.size() - before;
}

void conversation::close_one(line_exchange& in) {
  if (--in.open > 0 || in.responses.empty()) return;
  held_octets_ -= in.responses.size();
  if (in.batch) output_ += '[';
  output_ += in.responses;
  if (in.batch) output_ += ']';
  output_ += '\n';
}

conversation::call_in_flight conversation::take_in_flight(std::uint64_t ticket) {
  auto held = in_flight_.extract(ticket);
  assert(!held.empty());
  return std::move(held.mapped());
}

}  // namespace cbv::api
