// What one check of an envelope has found.
#ifndef CBV_CHECKS_FINDING_HPP
#define CBV_CHECKS_FINDING_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/verdict/advice.hpp"

namespace cbv::checks {

/// pass: nothing is wrong. fail: something is, and was proved. skip: it was not looked, or what is
/// known exempts the envelope. unknown: it could not be found out; never grounds to reject.
enum class outcome { pass, fail, skip, unknown };

/// "pass", "fail", "skip", "unknown".
std::string_view to_string(outcome word) noexcept;

/// What a check that fails comes to: nothing at all, a line in the log, or the end of the matter.
enum class consequence { off, log, defer, reject };

/// "off", "log", "defer", "reject".
std::string_view to_string(consequence word) noexcept;
std::optional<consequence> consequence_from_name(std::string_view name) noexcept;

/// As an administrator has it for one check (RFC 2505 2.5: return codes of one's own for each).
/// Code 0 and empty texts stand for the default of the check.
struct reply_form {
  int code = 0;
  std::string enhanced;
  std::string text;

  friend bool operator==(const reply_form&, const reply_form&) = default;
};

struct rule_form : reply_form {
  consequence if_failed = consequence::log;

  friend bool operator==(const rule_form&, const rule_form&) = default;
};

/// It is to be looked at.
inline bool is_on(const rule_form& rule) noexcept {
  return rule.if_failed != consequence::off;
}

/// Of one check, about one envelope.
struct finding {
  checks::outcome outcome = outcome::pass;
  std::string evidence;  // for people: what was seen, printable, without line ends

  /// What is to be said to the client, if this is the end of the matter; `accept` where the rest is
  /// to be skipped. Nothing: the next check has its turn.
  std::optional<advice> decision{};

  friend bool operator==(const finding&, const finding&) = default;
};

/// A check failed, with these words for people and, unless `rule` has its own, this reply. Only
/// `log`ged, it decides nothing. The reply to `defer` is 4yz with the same subject and detail.
finding failed(std::string evidence, const rule_form& rule, const reply_form& by_default);

/// It was not found out.
finding not_known(std::string why);

}  // namespace cbv::checks

#endif
