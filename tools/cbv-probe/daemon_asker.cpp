#include "tools/cbv-probe/daemon_asker.hpp"

#include <utility>

#include "api/client.hpp"
#include "api/protocol.hpp"
#include "cbv/base/utf8.hpp"
#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/query.hpp"
#include "cbv/verifier/subject.hpp"

namespace cbv::probe {
namespace {

// The daemon answers by the wait it is told; what comes later than this is no answer of a daemon
// that is well.
constexpr std::chrono::seconds grace{10};

class daemon_asker final : public asker {
 public:
  daemon_asker(std::unique_ptr<api::client> daemon, timer& time, const options& asked)
      : daemon_(std::move(daemon)), time_(time), wait_(asked.timeout), fresh_(asked.fresh) {}

  awaitable<result<std::string>> ask(request one) override {
    query asked;
    asked.address = std::move(one.address);
    asked.role = one.role;
    asked.wait = wait_;
    asked.fresh = fresh_;
    // JSON cannot carry other octets; the daemon would be asked about another address.
    if (!utf8::is_valid(asked.address)) co_return refused_here(asked);
    auto answer = co_await daemon_->call(api::verify_method(asked), api::verify_params(asked),
                                         time_.now() + wait_ + grace);
    if (!answer) co_return answer.error();
    if (answer->failed) co_return errc::request_malformed;
    co_return std::move(answer->result);
  }

 private:
  static std::string refused_here(const query& asked) {
    const auto about = subject_of(asked);
    const verdict made =
        about.has_error()
            ? about.error()
            : not_asked("the address is not UTF-8, and cannot be asked about in JSON");
    return api::render_verdict(asked.address, made, advise(made, asked.role, {}));
  }

  std::unique_ptr<api::client> daemon_;
  timer& time_;
  std::chrono::milliseconds wait_;
  bool fresh_;
};

}  // namespace

awaitable<result<std::unique_ptr<asker>>> connect_asker(const options& asked, timer& time) {
  auto daemon = co_await api::client::connect(asked.socket, time);
  if (!daemon) co_return daemon.error();
  co_return std::make_unique<daemon_asker>(*std::move(daemon), time, asked);
}

}  // namespace cbv::probe
