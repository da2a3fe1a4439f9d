// What is said where no check has words of its own.
#ifndef CBV_ENVELOPE_WORDING_HPP
#define CBV_ENVELOPE_WORDING_HPP

#include <string_view>

#include "cbv/verdict/advice.hpp"

namespace cbv::envelope {

/// No check has anything against the envelope.
advice accepted();

/// Each %{id} in the text becomes the id of the decision; `at_end`: a text that had none and does
/// not accept ends in "(id ...)".
void carry_id(advice& said, std::string_view id, bool at_end);

}  // namespace cbv::envelope

#endif
