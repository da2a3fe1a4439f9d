// A DNS that says what a test has it say, in virtual time, and what a check gathers in it.
#ifndef CBV_TESTS_CBV_CHECKS_CHECKS_WORLD_HPP
#define CBV_TESTS_CBV_CHECKS_CHECKS_WORLD_HPP

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "tests/cbv/dns/scripted_resolver.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::checks {

inline constexpr std::chrono::seconds patience{20};

struct checks_world {
  void has_address(const std::string& name, const std::string& address) {
    const auto one = asio::ip::make_address(address);
    if (one.is_v4()) {
      add(names.a_script[name], one.to_v4());
    } else {
      add(names.aaaa_script[name], one.to_v6());
    }
  }
  void has_mx(const std::string& name, const std::string& exchange) {
    add(names.mx_script[name], dns::mx_record{10, exchange});
  }
  void has_name(const std::string& reverse, const std::string& name) {
    add(names.ptr_script[reverse], dns::name_data{name});
  }
  void has_text(const std::string& name, const std::string& text) {
    add(names.txt_script[name], dns::text_data{{text}});
  }

  /// What `work` returns, in no time of ours.
  template <class T>
  T run(awaitable<T> work) {
    asio::io_context io;
    std::optional<T> value;
    asio::co_spawn(io, std::move(work), [&](const std::exception_ptr& thrown, T said) {
      if (!thrown) value = std::move(said);
    });
    sim::run_until(io, time, time.now() + patience * 2, [&] { return value.has_value(); });
    if (!value) throw std::runtime_error("nothing by the deadline");
    return *std::move(value);
  }

  time_point deadline() const { return time.now() + patience; }

  sim::sim_timer time;
  dns::scripted_resolver names{time};

 private:
  template <class Scripted, class Record>
  static void add(Scripted& of, Record one) {
    of.said.status = dns::lookup_status::ok;
    of.said.records.push_back(std::move(one));
    of.said.ttl = std::chrono::seconds(300);
  }
};

/// Of a client with an address, and a HELO.
inline envelope envelope_of(const std::string& client, const std::string& helo = "") {
  envelope made;
  if (!client.empty()) made.client = asio::ip::make_address(client);
  made.helo = helo;
  return made;
}

inline rule_form rule_of(consequence what) {
  return rule_form{{}, what};
}

}  // namespace cbv::checks

#endif
