// Signals that come when the daemon has stopped, and the process has not ended yet.
#ifndef CBV_TOOLS_CBVD_LATE_SIGNALS_HPP
#define CBV_TOOLS_CBVD_LATE_SIGNALS_HPP

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace cbv::cbvd {

/// While it is there, SIGTERM, SIGINT and SIGHUP end nothing by themselves; nor do they after it,
/// in the thread that destroyed it. To be made when somebody else waits for them, and destroyed
/// when no other threads are left: a daemon that has stopped as it was told to then ends with its
/// own status, however often it is told.
class late_signals {
 public:
  late_signals() : held_(never_run_, SIGTERM, SIGINT, SIGHUP) {}
  late_signals(const late_signals&) = delete;
  late_signals& operator=(const late_signals&) = delete;
  ~late_signals() {
    sigset_t all;
    ::sigemptyset(&all);
    for (const int each : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&all, each);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
  }

 private:
  boost::asio::io_context never_run_{1};
  boost::asio::signal_set held_;
};

}  // namespace cbv::cbvd

#endif
