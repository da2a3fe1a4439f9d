// One question.
#ifndef CBV_VERDICT_QUERY_HPP
#define CBV_VERDICT_QUERY_HPP

#include <chrono>
#include <string>

#include "cbv/verdict/words.hpp"

namespace cbv {

/// What an edge asks. `address` is as it was received, unparsed.
struct query {
  std::string address;
  cbv::role role = role::recipient;
  std::string client_ip;  // for the log; may be empty
  std::string helo;       // for the log; may be empty
  std::chrono::milliseconds wait{
      5000};                 // then the answer is what is known, and the callout goes on behind
  bool fresh = false;        // do not read the cache (what is learnt is still remembered)
  bool cached_only = false;  // never start a callout
  bool by_name = true;  // of this address alone (verify_*); false: as part of an envelope check

  friend bool operator==(const query&, const query&) = default;
};

}  // namespace cbv

#endif
