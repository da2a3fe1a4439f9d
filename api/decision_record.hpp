// One decision about an envelope, as the decision log has it (DECISIONS.md).
#ifndef CBV_API_DECISION_RECORD_HPP
#define CBV_API_DECISION_RECORD_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/clock.hpp"
#include "cbv/envelope/judgement.hpp"

namespace cbv::api {

/// All as text, so that what a later version wrote can be shown as well. Empty: not known.
struct decision_record {
  std::string time;  // RFC 3339, UTC
  std::string id;
  std::string action;    // that was advised
  std::string enforced;  // that it would have been, if it were not only observed
  std::string code;      // of what is enforced
  std::string enhanced;
  std::string text;
  std::string decided_by;
  std::string client;
  std::string client_name;
  std::string reverse_client_name;
  std::string helo;
  std::string sender;  // the null reverse-path is "<>"
  std::string recipient;
  std::string instance;
  std::string authenticated;  // "yes", "no"; likewise
  std::string tls;
  std::string pending;
  std::string ms;

  struct made {
    std::string check;
    std::string outcome;
    std::string ms;
    std::string evidence;

    friend bool operator==(const made&, const made&) = default;
  };
  std::vector<made> checks;

  friend bool operator==(const decision_record&, const decision_record&) = default;
};

/// Texts of strangers are cut at 512 octets.
decision_record record_of(const envelope::question& asked, const envelope::judgement& told,
                          wall_time when);

/// Each on one line, without its end, whatever the texts are.
std::string as_logfmt(const decision_record& one);
std::string as_json(const decision_record& one);

/// A line of either format, also where the log has put something before "decided"; nothing if it is
/// none. Members that are not known are left out.
std::optional<decision_record> read_decision(std::string_view line);

}  // namespace cbv::api

#endif
