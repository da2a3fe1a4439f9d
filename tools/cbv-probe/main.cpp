// cbv-probe: asks whether mail addresses are real (cbv-probe(1)).

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <string_view>
#include <utility>

#include "cbv/async/timer.hpp"
#include "tools/cbv-probe/daemon_asker.hpp"
#include "tools/cbv-probe/direct_asker.hpp"
#include "tools/cbv-probe/input.hpp"
#include "tools/cbv-probe/offline.hpp"
#include "tools/cbv-probe/options.hpp"
#include "tools/cbv-probe/printer.hpp"
#include "tools/cbv-probe/spf_question.hpp"
#include "tools/cbv-probe/survey.hpp"

namespace cbv::probe {
namespace {

/// How a run ended.
struct run_end {
  int exit_status = exit_deliverable;
  std::string complaint;  // for standard error; may be empty
};

awaitable<run_end> ask_all(options asked, std::vector<request> requests, timer& time, printer& out,
                           std::unique_ptr<asker>& from) {
  if (!from) {
    auto connected = co_await connect_asker(asked, time);
    if (!connected) {
      co_return run_end{exit_no_daemon,
                        "no daemon at " + asked.socket + ": " + connected.error().message()};
    }
    from = *std::move(connected);
  }
  summary all;
  std::function<void(const finding&)> on_finding = [&all, &out](const finding& found) {
    all.add(found);
    out.add(found);
  };
  const auto ended = co_await survey(*from, std::move(requests), asked.jobs, std::move(on_finding));
  // The connection to a daemon is closed here; a direct asker has still to say goodbye to far
  // hosts.
  if (!asked.direct) from.reset();
  if (!ended) {
    co_return run_end{exit_no_daemon,
                      "no answer from " + asked.socket + ": " + ended.error().message()};
  }
  co_return run_end{all.exit_status(), ""};
}

/// Asks, until all is answered or the user has had enough.
run_end run_until_done(const options& asked, std::vector<request> requests, timer& time,
                       printer& out) {
  run_end ended{exit_interrupted, ""};
  asio::io_context context(1);
  std::unique_ptr<asker> from;
  if (asked.direct) {
    const auto heard = [&out](std::string_view address, std::string_view text) {
      out.dialogue(address, text);
    };
    from = make_direct_asker(context.get_executor(), time, asked, heard);
  }
  asio::signal_set interrupts(context, SIGINT, SIGTERM);
  asio::cancellation_signal cancel;
  bool interrupted = false;
  interrupts.async_wait([&cancel, &interrupted](error_code failed, int) {
    interrupted = !failed;
    if (interrupted) cancel.emit(asio::cancellation_type::terminal);
  });
  const auto finished = [&ended, &interrupts, &interrupted](const std::exception_ptr& thrown,
                                                            run_end how) {
    // From here on a signal ends the process as it would any other.
    interrupts.clear();
    interrupts.cancel();
    if (!thrown) ended = std::move(how);
    if (thrown && !interrupted) std::rethrow_exception(thrown);
  };
  asio::co_spawn(context, ask_all(asked, std::move(requests), time, out, from),
                 asio::bind_cancellation_slot(cancel.slot(), finished));
  context.run();
  return ended;
}

int run(const options& asked, std::vector<request> requests) {
  const std::size_t total = requests.size();
  system_timer time;
  run_end ended;
  std::size_t done = 0;
  {
    printer out(asked, requests, !asked.from.empty(), time);
    ended = run_until_done(asked, std::move(requests), time, out);
    done = out.done();
  }
  if (ended.exit_status == exit_interrupted) {
    ended.complaint =
        "interrupted: " + std::to_string(done) + " of " + std::to_string(total) + " done";
  }
  if (!ended.complaint.empty()) std::fprintf(stderr, "cbv-probe: %s\n", ended.complaint.c_str());
  return ended.exit_status;
}

int start(const options& asked) {
  if (asked.wants_spf) return ask_spf(asked);
  if (asked.wants_parse || asked.wants_classify) {
    const offline_answer answer =
        asked.wants_parse
            ? show_parsed(asked.parse, asked.role, asked.format == output_format::json)
            : show_classified(asked);
    std::fputs(answer.text.c_str(), stdout);
    std::string_view complaints = answer.complaints;
    while (!complaints.empty()) {
      const std::string_view line = complaints.substr(0, complaints.find('\n'));
      std::fprintf(stderr, "cbv-probe: %.*s\n", static_cast<int>(line.size()), line.data());
      complaints.remove_prefix(std::min(line.size() + 1, complaints.size()));
    }
    return answer.exit_status;
  }
  if (!asked.from.empty()) {
    auto list = read_list(asked.from, asked.role);
    if (!list) {
      std::fprintf(stderr, "cbv-probe: %s\n", list.error().what.c_str());
      return exit_no_input;
    }
    return run(asked, *std::move(list));
  }
  std::vector<request> requests;
  for (const std::string& address : asked.addresses)
    requests.push_back(request{address, asked.role});
  return run(asked, std::move(requests));
}

}  // namespace
}  // namespace cbv::probe

int main(int argc, char** argv) {
  try {
    const auto read = cbv::probe::parse_command_line(argc, argv);
    if (const int* status = std::get_if<int>(&read)) return *status;
    return cbv::probe::start(std::get<cbv::probe::options>(read));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cbv-probe: %s\n", error.what());
    return cbv::probe::exit_software;
  }
}
