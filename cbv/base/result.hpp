// result<T>: a value, or the reason why there is none.
//
// Test it (`if (!r) return r.error();`), then use *r. value() throws and is not used in cbv/,
// cache/, api/.
#ifndef CBV_BASE_RESULT_HPP
#define CBV_BASE_RESULT_HPP

#include <boost/system/result.hpp>

#include "cbv/base/error.hpp"

namespace cbv {

template <class T>
using result = boost::system::result<T, error_code>;

}  // namespace cbv

#endif
