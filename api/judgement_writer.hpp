// The result of the method `check`, as JSON (PROTOCOL.md). Pure.
#ifndef CBV_API_JUDGEMENT_WRITER_HPP
#define CBV_API_JUDGEMENT_WRITER_HPP

#include <string>
#include <string_view>

#include "cbv/envelope/judgement.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::api {

/// `sender` and `recipient` are as they were asked; `by` is for what their verdicts by themselves
/// come to.
std::string render_judgement(const envelope::judgement& made, std::string_view sender,
                             std::string_view recipient, const advice_options& by);

}  // namespace cbv::api

#endif
