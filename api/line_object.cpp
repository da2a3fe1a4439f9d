#include "api/line_object.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "api/params.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::api {
namespace {

using nlohmann::json;

bool is_control(char c) noexcept {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 || octet == 0x7f;
}

}  // namespace

/// What the parser tells, in its words.
class line_object::reader {
 public:
  explicit reader(line_object& into) : into_(into) {}

  bool null() { return add(kind::null) != nullptr; }
  bool boolean(bool value) {
    if (member* one = add(kind::truth)) one->truth = value;
    return good();
  }
  bool number_integer(json::number_integer_t value) { return whole(value, std::to_string(value)); }
  bool number_unsigned(json::number_unsigned_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      return other_number(std::to_string(value));
    }
    return whole(static_cast<std::int64_t>(value), std::to_string(value));
  }
  bool number_float(json::number_float_t /*value*/, const std::string& text) {
    return other_number(text);
  }
  bool string(const std::string& text) {
    if (member* one = add(kind::text)) {
      one->text = keep(text);
      into_.has_control_ = into_.has_control_ || std::any_of(text.begin(), text.end(), is_control);
    }
    return good();
  }
  bool binary(json::binary_t& /*value*/) { return false; }  // no JSON has it

  bool start_object(std::size_t /*elements*/) {
    if (arrays_ > 0) {
      ++arrays_;
      return true;
    }
    const member* one = add(kind::object);
    inside_.push_back(one == nullptr ? outermost : into_.place_of(*one));
    return good();
  }
  bool key(const std::string& name) {
    if (arrays_ > 0) return true;
    const auto twice = [&](const member& one) {
      return one.inside == inside_.back() && one.name == name;
    };
    if (std::any_of(into_.members_.begin(), into_.members_.end(), twice)) {
      complaint_ = shown(ascii::printable(name)) + ": given twice";
    } else if (into_.members_.size() == members_max) {
      complaint_ = "more than " + std::to_string(members_max) + " members";
    }
    name_ = keep(name);
    return good();
  }
  bool end_object() {
    if (arrays_ > 0) {
      --arrays_;
      return true;
    }
    inside_.pop_back();
    return true;
  }
  bool start_array(std::size_t /*elements*/) {
    if (arrays_ == 0) add(kind::array);
    ++arrays_;
    return good();
  }
  bool end_array() {
    --arrays_;
    return true;
  }
  bool parse_error(std::size_t /*at*/, const std::string& /*token*/,
                   const json::exception& /*why*/) {
    return false;
  }

  const std::string& complaint() const noexcept { return complaint_; }

 private:
  bool good() const noexcept { return complaint_.empty(); }

  /// nullptr: inside an array, or it is the outermost object.
  member* add(kind is) {
    if (arrays_ > 0) return nullptr;
    if (inside_.empty()) {
      if (is != kind::object) {
        complaint_ = "expected a JSON object, got " + std::string(with_article(is));
      }
      return nullptr;
    }
    member one;
    one.name = name_;
    one.is = is;
    one.inside = inside_.back();
    into_.members_.push_back(one);
    return &into_.members_.back();
  }

  bool whole(std::int64_t value, const std::string& text) {
    if (member* one = add(kind::number)) {
      one->is_whole = true;
      one->number = value;
      one->text = keep(text);
    }
    return good();
  }
  bool other_number(const std::string& text) {
    if (member* one = add(kind::number)) one->text = keep(text);
    return good();
  }

  /// No text is longer than it was in the line.
  std::string_view keep(std::string_view text) {
    const std::size_t at = into_.octets_.size();
    into_.octets_.append(text);
    return std::string_view(into_.octets_).substr(at);
  }

  line_object& into_;
  std::string complaint_;
  std::string_view name_;
  std::vector<std::size_t> inside_;
  std::size_t arrays_ = 0;  // and objects in them
};

std::string line_object::parse(std::string_view line) {
  octets_.clear();
  members_.clear();
  next_ = 0;
  has_control_ = false;
  constexpr std::size_t usual_members = 32;
  octets_.reserve(line.size());
  members_.reserve(usual_members);
  reader read(*this);
  const bool good = json::sax_parse(line.begin(), line.end(), &read);
  if (!read.complaint().empty()) return read.complaint();
  return good ? std::string() : std::string("expected a JSON object, got something else");
}

const line_object::member* line_object::find(std::size_t inside, std::string_view name) {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    const std::size_t at = (next_ + i) % members_.size();
    if (members_[at].inside != inside || members_[at].name != name) continue;
    next_ = at + 1;
    members_[at].asked = true;
    return &members_[at];
  }
  return nullptr;
}

std::string_view with_article(line_object::kind what) noexcept {
  switch (what) {
    case line_object::kind::null:
      return "null";
    case line_object::kind::truth:
      return "a boolean";
    case line_object::kind::number:
      return "a number";
    case line_object::kind::text:
      return "a string";
    case line_object::kind::object:
      return "an object";
    case line_object::kind::array:
      break;
  }
  return "an array";
}

}  // namespace cbv::api
