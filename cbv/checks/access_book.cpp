#include "cbv/checks/access_book.hpp"

#include <sys/stat.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace cbv::checks {
namespace {

/// Runs on the worker.
awaitable<loaded_access> load_on_worker(std::vector<std::string> files) {
  co_return load_access(files);
}

}  // namespace

access_book::access_book(access_options with, timer& time, const logger& log,
                         asio::any_io_executor worker)
    : with_(std::move(with)),
      time_(time),
      log_(log),
      worker_(std::move(worker)),
      current_(std::make_shared<const access_list>()) {}

access_book::states access_book::look(const std::vector<std::string>& files) {
  states all;
  all.reserve(files.size());
  for (const std::string& file : files) {
    struct stat found {};
    file_state now;
    if (::stat(file.c_str(), &found) == 0) {
      now.written_ns = found.st_mtim.tv_sec * 1'000'000'000LL + found.st_mtim.tv_nsec;
      now.octets = found.st_size;
      now.number = found.st_ino;
    }
    all.push_back(now);
  }
  return all;
}

std::vector<std::string> access_book::read() {
  seen_ = look(with_.files);  // before they are read: what is written meanwhile is a change
  const loaded_access loaded = load_access(with_.files);
  std::vector<std::string> wrong;
  for (const access_fault& one : loaded.wrong) wrong.push_back(to_string(one));
  take(loaded);
  return wrong;
}

std::shared_ptr<const access_list> access_book::current() const {
  return current_.load();
}

void access_book::take(const loaded_access& loaded) {
  for (const access_fault& one : loaded.wrong)
    log_.write(severity::error, "access_not_read", {{"error", to_string(one)}});
  if (!loaded.list) return;
  current_.store(loaded.list);
  if (with_.files.empty()) return;
  log_.write(severity::notice, "access_read",
             {{"rules", loaded.list->size()},
              {"repeated", loaded.list->repeated()},
              {"octets", loaded.list->octets()}});
}

void access_book::change(access_options with) {
  with_ = std::move(with);
}

awaitable<void> access_book::read_again() {
  seen_ = look(with_.files);
  auto loading = load_on_worker(with_.files);
  const loaded_access loaded =
      co_await asio::co_spawn(worker_, std::move(loading), asio::use_awaitable);
  take(loaded);
}

awaitable<void> access_book::watch() {
  states before = seen_;
  while (true) {
    co_await time_.sleep_until(time_.now() + with_.look_every);
    states now = look(with_.files);
    const bool rests = now == before;
    before = std::move(now);
    if (rests && before != seen_) co_await read_again();
  }
}

}  // namespace cbv::checks
