// From a verdict to what the edge should say in its dialogue (design: "Advice").
//
// Promise 1 ends here: only `undeliverable` is ever refused. The far host's own words are not in
// the text, because they name internal hosts.
#ifndef CBV_API_ADVICE_HPP
#define CBV_API_ADVICE_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::api {

enum class action { accept, reject, defer };

/// "accept", "reject", "defer".
std::string_view to_string(action word) noexcept;

/// The action of a name; nothing if there is no such action.
std::optional<action> action_from_name(std::string_view name) noexcept;

/// A reply for the edge to give: code and enhanced status code (RFC 3463) agree in their class.
struct advice {
  api::action action = action::accept;
  int code = 250;
  std::string enhanced;
  std::string text;

  friend bool operator==(const advice&, const advice&) = default;
};

struct advice_options {
  bool observe = false;  // advise `accept` whatever the verdict says
};

/// What to say to the client that named this address as `side`. Pure.
///
/// undeliverable: reject. unknown: a sender is accepted, a recipient deferred with 450, but for
/// `not_asked`: nothing is going to be asked, so a deferred message would wait in vain.
advice advise(const verdict& found, role side, const advice_options& options);

}  // namespace cbv::api

#endif
