// The text of a reply as words, so that wording can be compared (word_patterns).
#ifndef CBV_SMTP_REPLY_WORDS_HPP
#define CBV_SMTP_REPLY_WORDS_HPP

#include <string>
#include <string_view>
#include <vector>

#include "cbv/smtp/asked_mailbox.hpp"
#include "cbv/smtp/own_names.hpp"

namespace cbv::smtp {

/// A text cut into words, without case, punctuation and the names in it.
///
/// Letters are folded (letter_folding.hpp); hyphens and apostrophes are dropped ("non-existent" is
/// "nonexistent", "doesn't" is "doesnt"); dots and underscores stay inside a word
/// ("zen.spamhaus.org", "5.1.1"); all other ASCII punctuation parts words. What the text quotes
/// becomes a word that no text can spell, so that a mailbox named "no such user" or "spam" proves
/// nothing:
///
///     @       the address that was asked about, and a single name in <> or quotes, which is a
///             local-part; any address if it is not known which one was asked about
///     $other  the address of somebody else (asked_mailbox.hpp)
///     $helper the address of somebody who can be asked for help
///     <>      the null reverse-path
///     $us     our own IP address or name, in whatever form (own_names.hpp)
///     $ip     another IPv4 address
///
/// The local-part that was asked about, where it stands alone before a colon or behind a word like
/// "user", is followed by an @.
///
/// A URL becomes its host name: an address in it is nobody's. Work is linear in the text.
class reply_words {
 public:
  reply_words(std::string_view text, const own_names& us, std::string_view asked = {});
  reply_words(std::string_view text, std::string_view own_ip, std::string_view own_name)
      : reply_words(text, own_names(own_ip, own_name)) {}

  /// As they are compared.
  const std::vector<std::string>& all() const noexcept { return words_; }

 private:
  std::vector<std::string> words_;
};

}  // namespace cbv::smtp

#endif
