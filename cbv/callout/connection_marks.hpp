// What is counted and listed while a connection is made and open.
#ifndef CBV_CALLOUT_CONNECTION_MARKS_HPP
#define CBV_CALLOUT_CONNECTION_MARKS_HPP

#include <algorithm>
#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/callout/host_standing.hpp"

namespace cbv::callout {

/// A connection that was counted. It is taken off when this goes.
class counted_connection {
 public:
  explicit counted_connection(host_standing& at) : at_(&at) {}
  counted_connection(const counted_connection&) = delete;
  counted_connection& operator=(const counted_connection&) = delete;
  ~counted_connection() { end(); }
  void end() {
    if (at_ != nullptr) std::exchange(at_, nullptr)->connection_ended();
  }
  void hand_on() noexcept { at_ = nullptr; }  // another one counts it

 private:
  host_standing* at_;
};

/// A name in the list of those that are being dialled, until this goes.
class listed_name {
 public:
  listed_name(std::vector<std::string>& in, std::string name) : in_(in), name_(std::move(name)) {}
  listed_name(const listed_name&) = delete;
  listed_name& operator=(const listed_name&) = delete;
  ~listed_name() { end(); }
  void end() {
    if (std::exchange(ended_, true)) return;
    take_off(in_, name_);
  }

  static void take_off(std::vector<std::string>& list, std::string_view name) {
    const auto found = std::find(list.begin(), list.end(), name);
    assert(found != list.end());
    list.erase(found);
  }

 private:
  std::vector<std::string>& in_;
  std::string name_;
  bool ended_ = false;
};

}  // namespace cbv::callout

#endif
