// What the self-test says about how far hosts see us.
#ifndef CBV_SELF_TEST_FINDING_HPP
#define CBV_SELF_TEST_FINDING_HPP

#include <string>
#include <string_view>
#include <vector>

namespace cbv::self_test {

/// wrong: far hosts refuse us for it, and take offence at the callout, not at the address.
/// warning: some do, or it is likely not what was meant. not_known: the DNS did not say.
enum class grade { ok, warning, wrong, not_known };

std::string_view to_string(grade of) noexcept;

/// One check. Texts are printable.
struct finding {
  grade graded = grade::ok;
  std::string check;   // "helo_name", "ptr", ...: fixed words
  std::string about;   // the name or address that was looked at
  std::string text;    // a sentence, without a full stop: what was found
  std::string advice;  // sentences: what to do about it; empty if there is nothing to do

  friend bool operator==(const finding&, const finding&) = default;
};

bool is_anything_wrong(const std::vector<finding>& found) noexcept;

}  // namespace cbv::self_test

#endif
