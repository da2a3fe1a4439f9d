#include "cbv/address/idna.hpp"

#include <idn2.h>

#include <cstdint>
#include <memory>
#include <new>

#include "cbv/base/ascii.hpp"

namespace cbv::idna {
namespace {

struct idn2_deleter {
  void operator()(std::uint8_t* text) const noexcept { idn2_free(text); }
};

struct looked_up {
  int code = IDN2_OK;
  std::string text;
};

// IDN2_USE_STD3_ASCII_RULES is not set: with it libidn2 (2.3.3) takes what it does not allow out of
// the label instead of refusing the label ("ü_" became "ü").
looked_up look_up(const std::string& label) {
  std::uint8_t* text = nullptr;
  const int code = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(label.c_str()), &text,
                                  IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  const std::unique_ptr<std::uint8_t, idn2_deleter> owned(text);
  if (code == IDN2_MALLOC) throw std::bad_alloc();
  if (code != IDN2_OK || !owned) return {code, {}};
  return {code, reinterpret_cast<const char*>(owned.get())};
}

}  // namespace

bool is_a_label(std::string_view label) noexcept {
  return ascii::istarts_with(label, "xn--");
}

parsed<std::string> to_a_label(const std::string& label, std::size_t octet) {
  looked_up found = look_up(label);
  switch (found.code) {
    case IDN2_OK:
      return std::move(found.text);
    case IDN2_TOO_BIG_LABEL:
    case IDN2_TOO_BIG_DOMAIN:
    case IDN2_PUNYCODE_BIG_OUTPUT:
      return syntax_error{"the label has more than 63 octets as an A-label", octet};
    default:
      return syntax_error{
          "the label is not one of IDNA 2008: " + std::string(idn2_strerror(found.code)), octet};
  }
}

std::optional<std::string> a_label_fault(const std::string& label) {
  switch (look_up(label).code) {
    case IDN2_ENCODING_ERROR:
    case IDN2_PUNYCODE_BAD_INPUT:
    case IDN2_PUNYCODE_BIG_OUTPUT:
    case IDN2_PUNYCODE_OVERFLOW:
      return "the label begins with \"xn--\", but what follows is not Punycode";
    case IDN2_INVALID_ALABEL:
    case IDN2_UALABEL_MISMATCH:
    case IDN2_ALABEL_ROUNDTRIP_FAILED:
      return "the label begins with \"xn--\", but is not the A-label of what it decodes to";
    default:
      return std::nullopt;
  }
}

}  // namespace cbv::idna
