// What is asked of the cache by those who look after it, and its parameters (PROTOCOL.md). Pure.
#ifndef CBV_API_CACHE_CALL_HPP
#define CBV_API_CACHE_CALL_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/params.hpp"
#include "cache/file/table.hpp"
#include "cbv/address/domain.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::api {

enum class method {
  verify_sender,
  verify_recipient,
  check,
  stats,
  health,
  version,
  reload,
  authenticate,
  cache_get,
  cache_list,
  cache_forget,
  cache_import,
  cache_stats,
  cache_verify,
  cache_compact,
};

bool is_of_the_cache(method which) noexcept;

/// From where a call that goes in steps goes on.
struct cache_place {
  cache::table in = cache::table::verdicts;
  std::string key;

  friend bool operator==(const cache_place&, const cache_place&) = default;
};

/// A place as text without blanks; and back.
std::string cursor_of(const cache_place& place);
std::optional<cache_place> place_of_cursor(std::string_view cursor);

/// "verdicts", "domains", "bookings" or "hosts".
std::optional<cache::table> table_from_name(std::string_view name) noexcept;

/// A far host, by its address or else by its name in lower case.
struct far_host {
  std::string name;
  std::optional<boost::asio::ip::address> ip;
};

/// The parameters of all methods of the cache; each has its own of them.
struct cache_call {
  static constexpr std::size_t limit_max = 1'000;

  api::method method = method::cache_stats;
  std::optional<mailbox> address;
  std::optional<domain> at;
  bool subdomains = false;
  std::optional<far_host> host;
  std::optional<cache::table> of;
  std::optional<cbv::role> role;
  std::optional<cbv::status> status;
  std::optional<cbv::reason> reason;
  std::optional<std::chrono::seconds> older;  // learnt at least so long ago
  std::optional<std::chrono::seconds> newer;  // at most so long ago
  std::optional<cache_place> from;
  std::size_t limit = 100;
  std::string lines;
  bool overwrite = false;
  bool flush = true;  // the answer waits for the disk
};

/// A result as JSON, or why there is none.
using cache_answer = std::variant<std::string, fault>;

/// Reads the parameters of a method of the cache.
taken read_cache_call(method which, const request& asked, cache_call& into);

}  // namespace cbv::api

#endif
