#include "cbv/base/error.hpp"

#include <string>

namespace cbv {
namespace {

class category final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "cbv"; }

  std::string message(int value) const override {
    switch (static_cast<errc>(value)) {
      case errc::timed_out:
        return "timed out";
      case errc::line_too_long:
        return "line too long";
      case errc::over_limit:
        return "over a limit";
      case errc::reply_malformed:
        return "not an SMTP reply";
      case errc::message_malformed:
        return "not a DNS message";
      case errc::record_corrupt:
        return "damaged record";
      case errc::request_malformed:
        return "not a request";
      case errc::not_available:
        return "not available";
    }
    return "unknown error";
  }
};

}  // namespace

const boost::system::error_category& error_category() noexcept {
  static const category instance;
  return instance;
}

error_code make_error_code(errc code) noexcept {
  return error_code(static_cast<int>(code), error_category());
}

}  // namespace cbv
