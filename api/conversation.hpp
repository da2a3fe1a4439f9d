// JSON-RPC with one client, without I/O: octets in, calls and octets out.
//
// One message a line (LF or CRLF); responses in the order in which they are answered, a line each.
#ifndef CBV_API_CONVERSATION_HPP
#define CBV_API_CONVERSATION_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/access_rules.hpp"
#include "api/json_rpc.hpp"
#include "api/protocol.hpp"

namespace cbv::api {

struct conversation_limits {
  std::size_t line_octets_max = 65'536;  // without the line end; what is longer is skipped
  std::size_t in_flight_max = 1'000;     // calls not answered yet, those of batches counted singly
  message_limits message;
};

/// A call that waits for its answer.
struct ticketed_call {
  std::uint64_t ticket = 0;
  api::call call;
};

/// Answers a question that needs no waiting: writes its result, as JSON, onto the end of `result`.
/// False: the question has to wait for its answer, and whatever was written does not count.
using answer_at_once = std::function<bool(const query& asked, std::string& result)>;

/// Splits what a client sends into calls, and joins the answers into what it is sent. Whatever it
/// is fed, each request is answered once: with a result, or with an error at once if it is
/// malformed or over a limit. Holds at most one line, `in_flight_max` calls and the output not
/// taken yet.
class conversation {
 public:
  /// `at_once` is tried before a question becomes a call. It may be empty.
  explicit conversation(const conversation_limits& limits, access_rules rules = {},
                        answer_at_once at_once = {})
      : limits_(limits),
        rules_(std::move(rules)),
        at_once_(std::move(at_once)),
        admitted_(rules_.token.empty()) {}

  /// Takes what the client sent.
  void receive(std::string_view octets);

  /// Takes one message, whole, whatever line ends it has in it: for those who do not send lines.
  /// Not while a line is being received.
  void receive_message(std::string_view message);

  /// The client has shown the token in another way.
  void admit() noexcept { admitted_ = true; }

  /// A client has shown a token that is not the one. It is answered, and not to be read any more.
  bool is_distrusted() const noexcept { return distrusted_; }

  /// The client will send nothing more; an unterminated line is a line.
  void end_of_input();

  /// The calls understood since this was asked last. Each is answered or refused, once.
  std::vector<ticketed_call> take_calls() { return std::exchange(calls_, {}); }

  /// The result of a call, as JSON; or why there is none.
  void answer(std::uint64_t ticket, std::string_view result);
  void refuse(std::uint64_t ticket, const fault& why);

  std::size_t in_flight() const noexcept { return in_flight_.size(); }

  /// Messages received so far: tells a client that is slow from one that is idle.
  std::uint64_t messages() const noexcept { return messages_; }

  /// Octets of answers that the client has not been given yet, those of unfinished batches too.
  std::size_t waiting_octets() const noexcept { return output_.size() + held_octets_; }

  /// What is to be sent to the client: all of it taken, or so much of its front dropped.
  std::size_t output_octets() const noexcept { return output_.size(); }
  std::string_view output() const noexcept { return output_; }
  std::string take_output() { return std::exchange(output_, {}); }
  void drop_output(std::size_t octets);

 private:
  // The responses of one message. Shared by its calls until the last of them is answered.
  struct line_exchange {
    bool batch = false;
    std::size_t open = 0;
    std::string responses;
  };
  using exchange_ptr = std::shared_ptr<line_exchange>;

  struct call_in_flight {
    std::string id;
    exchange_ptr part_of;
  };

  void take_line(std::string_view line);
  void take_message(std::string_view text);
  bool take_usual(std::string_view line);
  void take_request(request asked, const exchange_ptr& in);
  bool is_answered(std::string_view id, const query& asked, std::string& responses) const;
  void hold(std::string id, call made, const exchange_ptr& in);
  std::optional<fault> take_token(std::string_view token);
  bool may(method which) const;
  std::optional<fault> fault_of(const call& asked) const;
  void refuse_long_line();
  void respond(line_exchange& in, std::string_view response);
  void close_one(line_exchange& in);
  call_in_flight take_in_flight(std::uint64_t ticket);

  conversation_limits limits_;
  access_rules rules_;
  answer_at_once at_once_;
  bool admitted_;
  bool distrusted_ = false;
  query usual_;            // here, so that its strings keep their room
  std::string line_;       // the start of a line whose end has not come yet
  bool skipping_ = false;  // inside a line that is too long
  std::uint64_t next_ticket_ = 1;
  std::uint64_t messages_ = 0;
  std::vector<ticketed_call> calls_;
  std::unordered_map<std::uint64_t, call_in_flight> in_flight_;
  std::size_t held_octets_ = 0;  // in exchanges that are not finished
  std::string output_;
};

}  // namespace cbv::api

#endif
