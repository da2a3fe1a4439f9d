// From a verdict to what the edge should say in its dialogue (design: "Advice").
//
// Promise 1 ends here: only `undeliverable` is ever refused. The far host's own words are not in
// the text, because they name internal hosts, unless the administrator wants them there.
#ifndef CBV_VERDICT_ADVICE_HPP
#define CBV_VERDICT_ADVICE_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv {

enum class action { accept, reject, defer };

/// "accept", "reject", "defer".
std::string_view to_string(action word) noexcept;

/// The action of a name; nothing if there is no such action.
std::optional<action> action_from_name(std::string_view name) noexcept;

/// A reply for the edge to give: code and enhanced status code (RFC 3463) agree in their class.
struct advice {
  cbv::action action = action::accept;
  int code = 250;
  std::string enhanced;
  std::string text;

  friend bool operator==(const advice&, const advice&) = default;
};

/// What an administrator wants said in place of the default, to whoever named an address as `side`
/// and for one reason. Codes and text that are not set stay as they are by default.
struct advice_rule {
  role side = role::recipient;
  cbv::reason why = reason::mailbox_not_found;
  cbv::action action = action::reject;
  int code = 0;
  std::string enhanced;
  std::string text;

  friend bool operator==(const advice_rule&, const advice_rule&) = default;
};

/// What is wrong with a rule; nothing if it can be said. Only what can be undeliverable may be
/// rejected.
std::optional<std::string> contradiction(const advice_rule& rule);

struct advice_options {
  bool observe = false;              // advise `accept` whatever the verdict says
  bool reveal_remote_text = false;   // a refusal or deferral quotes the far host (remote_text.hpp)
  std::vector<advice_rule> rules{};  // of two for the same, the first counts
};

/// What to say to the client that named this address as `side`. Pure.
///
/// undeliverable: reject. unknown: a sender is accepted, a recipient deferred with 450, but for
/// `not_asked`: nothing is going to be asked, so a deferred message would wait in vain. Rules come
/// before that, but never reject what is not undeliverable, nor defer what a backup MX is to take;
/// a rule's text is all that is said.
advice advise(const verdict& found, role side, const advice_options& options);

/// The text without "Sender address rejected: " or whatever it begins with by default for `side`:
/// for MTAs that say so themselves.
std::string_view bare_text(const advice& given, role side) noexcept;

/// The one that says more against the mail: to reject before to defer before to accept; `first`
/// where they say the same.
const advice& stricter(const advice& first, const advice& second) noexcept;

}  // namespace cbv

#endif
