#include "cbv/smtp/reply_rules.hpp"

#include <vector>

#include "cbv/smtp/reply_rule_chapters.hpp"

namespace cbv::smtp {

// The order, and why it is so:
//
// 1. Replies about a mailbox that look as if they were about us, each known by its exact words.
// 2. What speaks of us: our address, name, sender, rate, reputation. Servers that delay their
//    checks until RCPT say it there, with any code and any enhanced code, 5.1.1 too. So it comes
//    before all that follows.
// 3. A mailbox that is full, of which 4xx and 5xx say the same; then what speaks of a trouble that
//    passes, and every 4xx: never a rejection.
// 4. Refusals before RCPT: never about a mailbox.
// 5. What uses the words of a missing mailbox of something else, and a mailbox that is there and
//    does not want us.
// 6. At RCPT, and with a 5xx only, what speaks of the mailbox: words that say so outright, then the
//    enhanced code, then words that say so by custom.
// 7. All else is unknown, and has to stay so: a wording that nobody has thought of proves nothing.
std::span<const reply_rule> reply_rules() {
  static const std::vector<reply_rule> all = [] {
    std::vector<reply_rule> rules;
    for (const auto part : {chapter::disguised(), chapter::about_us(), chapter::passing(),
                            chapter::other_subjects(), chapter::about_mailbox()}) {
      rules.insert(rules.end(), part.begin(), part.end());
    }
    return rules;
  }();
  return all;
}

}  // namespace cbv::smtp
