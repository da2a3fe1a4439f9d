// The parameters of the method `check` (PROTOCOL.md). Pure.
#ifndef CBV_API_CHECK_CALL_HPP
#define CBV_API_CHECK_CALL_HPP

#include "api/params.hpp"
#include "cbv/envelope/judgement.hpp"

namespace cbv::api {

/// Reads them. A path that is not given is not whole: nothing is asked about it.
taken read_check_call(const request& asked, envelope::question& into);

}  // namespace cbv::api

#endif
