// TLS sessions that may go on at the next connection to the same host.
#ifndef CBV_NET_TLS_SESSION_CACHE_HPP
#define CBV_NET_TLS_SESSION_CACHE_HPP

#include <chrono>
#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <unordered_map>

#include "cbv/base/clock.hpp"

struct ssl_session_st;

namespace cbv::net {

/// Lets go of OpenSSL's session.
struct ssl_session_deleter {
  void operator()(ssl_session_st* each) const noexcept;
};
using ssl_session_handle = std::unique_ptr<ssl_session_st, ssl_session_deleter>;

/// The newest session for each key. Over `sessions_max` the oldest goes. Belongs to one thread.
class tls_session_cache {
 public:
  tls_session_cache(std::size_t sessions_max, std::chrono::seconds kept)
      : sessions_max_(sessions_max), kept_(kept) {}

  void put(const std::string& key, ssl_session_handle session, time_point now);

  /// The session, no longer in the cache; null if there is none, or it is too old. Each is offered
  /// once: a host may take a TLS 1.3 ticket only once (RFC 8446 appendix C.4), and it gives a new
  /// one.
  ssl_session_handle take(const std::string& key, time_point now);

  std::size_t size() const noexcept { return by_key_.size(); }

 private:
  struct entry {
    std::string key;
    ssl_session_handle session;
    time_point since;
  };

  std::size_t sessions_max_;
  std::chrono::seconds kept_;
  std::list<entry> oldest_first_;
  std::unordered_map<std::string, std::list<entry>::iterator> by_key_;
};

}  // namespace cbv::net

#endif
