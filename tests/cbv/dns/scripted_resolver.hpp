// A resolver that says what a test tells it to say, after as much time as it is told.
#ifndef CBV_TESTS_CBV_DNS_SCRIPTED_RESOLVER_HPP
#define CBV_TESTS_CBV_DNS_SCRIPTED_RESOLVER_HPP

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cbv/async/timer.hpp"
#include "cbv/dns/resolver.hpp"

namespace cbv::dns {

/// What has no answer is nx_domain. A deadline that comes before the answer ends the look-up.
class scripted_resolver final : public resolver {
 public:
  template <class Record>
  struct scripted {
    answer<Record> said;
    std::chrono::seconds after{};
  };
  template <class Record>
  using script = std::map<std::string, scripted<Record>>;

  explicit scripted_resolver(timer& time) : time_(time) {}

  awaitable<answer<mx_record>> mx(std::string name, time_point deadline) override {
    return look_up(mx_script, "MX", std::move(name), deadline);
  }
  awaitable<answer<asio::ip::address_v4>> a(std::string name, time_point deadline) override {
    return look_up(a_script, "A", std::move(name), deadline);
  }
  awaitable<answer<asio::ip::address_v6>> aaaa(std::string name, time_point deadline) override {
    return look_up(aaaa_script, "AAAA", std::move(name), deadline);
  }
  awaitable<answer<text_data>> txt(std::string name, time_point deadline) override {
    return look_up(txt_script, "TXT", std::move(name), deadline);
  }
  awaitable<answer<name_data>> ptr(std::string name, time_point deadline) override {
    return look_up(ptr_script, "PTR", std::move(name), deadline);
  }

  script<mx_record> mx_script;
  script<asio::ip::address_v4> a_script;
  script<asio::ip::address_v6> aaaa_script;
  script<text_data> txt_script;
  script<name_data> ptr_script;
  std::vector<std::string> questions;  // "example.org MX", as they came
  int ended = 0;                       // of these, answered

 private:
  template <class Record>
  awaitable<answer<Record>> look_up(const script<Record>& from, std::string type, std::string name,
                                    time_point deadline) {
    questions.push_back(name + ' ' + type);
    scripted<Record> found;
    found.said.status = lookup_status::nx_domain;
    if (const auto known = from.find(name); known != from.end()) found = known->second;
    const time_point ready = time_.now() + found.after;
    if (deadline < ready) found.said = answer<Record>{lookup_status::timed_out, {}, {}};
    const time_point end = std::min(deadline, ready);
    co_await time_.sleep_until(end);
    ++ended;
    co_return std::move(found.said);
  }

  timer& time_;
};

}  // namespace cbv::dns

#endif
