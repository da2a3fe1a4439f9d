// A resolver over c-ares with two servers of names in the same thread, which say what the test
// wants.
#ifndef CBV_TESTS_CBV_DNS_CARES_TEST_HPP
#define CBV_TESTS_CBV_DNS_CARES_TEST_HPP

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cbv/dns/cares_resolver.hpp"
#include "tests/cbv/dns/dns_server.hpp"

namespace cbv::dns {

inline record mx(const std::string& name, std::uint16_t preference, const std::string& exchange) {
  return {name, record_type::mx, std::chrono::seconds{300}, mx_record{preference, exchange}};
}
inline record a(const std::string& name, const std::string& address) {
  return {name, record_type::a, std::chrono::seconds{300}, asio::ip::make_address_v4(address)};
}
inline record cname(const std::string& name, const std::string& target) {
  return {name, record_type::cname, std::chrono::seconds{60}, name_data{target}};
}
inline record soa(const std::string& name) {
  soa_data data;
  data.minimum = 120;
  return {name, record_type::soa, std::chrono::seconds{300}, data};
}

inline dns_server::fill with_code(response_code code) {
  return [code](const message&, message& response) { response.code = code; };
}
inline dns_server::fill with_answers(const std::vector<record>& answers) {
  return [answers](const message&, message& response) { response.answers = answers; };
}
/// The CNAME or address that `zone` has for the name asked for, and nothing more.
inline dns_server::fill from_zone(const std::vector<record>& zone) {
  return [zone](const message& query, message& response) {
    for (const record& one : zone) {
      if (one.name == query.asked->name &&
          (one.type == query.asked->type || one.type == record_type::cname)) {
        response.answers.push_back(one);
      }
    }
    if (response.answers.empty()) response.code = response_code::name_error;
  };
}

/// The machine's clock, or ahead of it. c-ares reads the machine's.
class shifted_timer final : public timer {
 public:
  time_point now() const noexcept override { return machine_.now() + ahead; }
  wall_time wall_now() const noexcept override { return machine_.wall_now(); }
  awaitable<void> sleep_until(time_point when) override {
    return machine_.sleep_until(when - ahead);
  }
  std::unique_ptr<alarm> call_at(const asio::any_io_executor& executor, time_point when,
                                 std::function<void()> what) override {
    return machine_.call_at(executor, when - ahead, std::move(what));
  }

  std::chrono::seconds ahead{};

 private:
  system_timer machine_;
};

class CaresTest : public testing::Test {
 protected:
  CaresTest() {
    options_.servers = {first_.address()};
    options_.try_timeout =
        std::chrono::seconds{20};  // for those who answer; tests with silent servers shorten it
    options_.tries = 2;
    first_.stay_silent();
    second_.answer(with_answers({a("example.org", "192.0.2.2")}));
  }

  // Both servers, with so much patience that a machine under load does not matter.
  void ask_both() { options_.servers = {first_.address(), second_.address()}; }

  cares_resolver& names() {
    if (!resolver_) resolver_.emplace(io_.get_executor(), time_, options_);
    return *resolver_;
  }

  template <class Record>
  void spawn(awaitable<answer<Record>> question, std::optional<answer<Record>>& to) {
    asio::co_spawn(io_, std::move(question),
                   asio::bind_cancellation_slot(
                       signals_.emplace_back().slot(),
                       [this, &to](const std::exception_ptr& thrown, answer<Record> said) {
                         ++ended_;
                         if (thrown) {
                           thrown_ = thrown;
                         } else {
                           to = std::move(said);
                         }
                       }));
  }

  template <class Record>
  answer<Record> wait_for(awaitable<answer<Record>> question) {
    std::optional<answer<Record>> said;
    spawn(std::move(question), said);
    while (!said && !thrown_) io_.run_one();
    return said.value_or(answer<Record>{});
  }

  answer<mx_record> ask_mx(const std::string& name) {
    return wait_for(names().mx(name, time_.now() + std::chrono::seconds{60}));
  }
  answer<asio::ip::address_v4> ask_a(const std::string& name) {
    return wait_for(names().a(name, time_.now() + std::chrono::seconds{60}));
  }
  lookup_status status() { return ask_a("example.org").status; }

  std::string what_was_thrown() const {
    try {
      if (thrown_) std::rethrow_exception(thrown_);
    } catch (const std::exception& thrown) {
      return thrown.what();
    }
    return "nothing";
  }

  shifted_timer time_;
  asio::io_context io_;
  dns_server first_{io_};
  dns_server second_{io_};
  cares_options options_;
  std::list<asio::cancellation_signal> signals_;  // one an asker
  std::optional<cares_resolver> resolver_;
  std::exception_ptr thrown_;
  int ended_ = 0;
};

}  // namespace cbv::dns

#endif
