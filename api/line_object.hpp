// A JSON object with objects in it, read without a tree: for lines that come by the million.
#ifndef CBV_API_LINE_OBJECT_HPP
#define CBV_API_LINE_OBJECT_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::api {

/// Members in the order in which they stand, those of inner objects behind their object. What is in
/// arrays is checked for its form and left out.
class line_object {
 public:
  line_object() = default;
  line_object(const line_object&) = delete;  // members point into it
  line_object& operator=(const line_object&) = delete;

  enum class kind { null, truth, number, text, object, array };

  struct member {
    std::string_view name;
    kind is = kind::null;
    std::string_view text;    // a text without its escapes; a number as it is written
    bool truth = false;       // what a truth is
    bool is_whole = false;    // a number that fits into 64 bits with its sign
    std::int64_t number = 0;  // that number
    std::size_t inside = 0;   // the place of the object that it is in
    bool asked = false;       // find() has found it
  };

  static constexpr std::size_t outermost = ~std::size_t{0};

  /// Members that there may be in all.
  static constexpr std::size_t members_max = 64;

  /// What was expected instead; empty: it is an object, and names no member of an object twice.
  std::string parse(std::string_view line);

  /// The member of an object, given by its place; nullptr if there is none. Quick if members are
  /// asked for in the order in which they stand.
  const member* find(std::size_t inside, std::string_view name);

  /// All of them; an inner object stands before what is in it.
  const std::vector<member>& members() const noexcept { return members_; }
  std::size_t place_of(const member& one) const noexcept {
    return static_cast<std::size_t>(&one - members_.data());
  }

  /// A text outside of arrays has a control character.
  bool has_control() const noexcept { return has_control_; }

 private:
  class reader;

  std::string octets_;  // the names and the texts; as long as the line, so that it never moves
  std::vector<member> members_;
  std::size_t next_ = 0;  // behind the one that was found last
  bool has_control_ = false;
};

/// "an object", "a number" and so on.
std::string_view with_article(line_object::kind what) noexcept;

}  // namespace cbv::api

#endif
