#include "cbv/net/tls_session_cache.hpp"

#include <openssl/ssl.h>

#include <utility>

namespace cbv::net {

void ssl_session_deleter::operator()(ssl_session_st* each) const noexcept {
  SSL_SESSION_free(each);
}

void tls_session_cache::put(const std::string& key, ssl_session_handle session, time_point now) {
  if (sessions_max_ == 0) return;
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    oldest_first_.erase(found->second);
    by_key_.erase(found);
  } else if (by_key_.size() >= sessions_max_) {
    by_key_.erase(oldest_first_.front().key);
    oldest_first_.pop_front();
  }
  oldest_first_.push_back(entry{key, std::move(session), now});
  by_key_.emplace(key, std::prev(oldest_first_.end()));
}

ssl_session_handle tls_session_cache::take(const std::string& key, time_point now) {
  while (!oldest_first_.empty() && now >= oldest_first_.front().since + kept_) {
    by_key_.erase(oldest_first_.front().key);
    oldest_first_.pop_front();
  }
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  ssl_session_handle session = std::move(found->second->session);
  oldest_first_.erase(found->second);
  by_key_.erase(found);
  return session;
}

}  // namespace cbv::net
