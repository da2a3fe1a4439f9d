// cbvctl cache verify, compact.
#include <cstdio>
#include <nlohmann/json.hpp>
#include <string>

#include "cbv/base/amount.hpp"
#include "tools/cbvctl/cache_commands.hpp"
#include "tools/cbvctl/cache_text.hpp"
#include "tools/cbvctl/exit_status.hpp"
#include "tools/cbvctl/progress.hpp"

namespace cbv::ctl {

using nlohmann::ordered_json;

int verify(const cache_options& asked, link& to) {
  std::uint64_t looked_at = 0;
  std::uint64_t damaged = 0;
  std::uint64_t total = 0;
  const auto stats = ordered_json::parse(to.ask("cache_stats", "{}", true));
  for (const char* table : {"verdicts", "domains", "bookings", "hosts"}) {
    total += stats.value(table, std::uint64_t{0});
  }
  {
    progress bar;
    std::string params = "{}";
    while (!params.empty()) {
      const auto step = ordered_json::parse(to.ask("cache_verify", params, true));
      looked_at += step.at("looked_at").get<std::uint64_t>();
      for (const auto& record : step.at("damaged")) {
        ++damaged;
        const std::string text = record.dump();
        std::printf("%s\n", asked.json ? text.c_str() : record_line(text, {}).c_str());
      }
      bar.show(looked_at, total, looked_at);
      const auto& next = step.at("next");
      params = next.is_null() ? std::string() : R"({"cursor":)" + next.dump() + "}";
    }
  }
  if (!asked.json) {
    std::printf("%llu records, %llu damaged\n", static_cast<unsigned long long>(looked_at),
                static_cast<unsigned long long>(damaged));
  }
  return damaged == 0 ? 0 : exit_ill;
}

int compact(const cache_options& asked, link& to) {
  const std::string result = to.ask("cache_compact", "{}", false);
  if (asked.json) {
    std::printf("%s\n", result.c_str());
    return 0;
  }
  const auto done = ordered_json::parse(result);
  std::printf("%s before, %s after\n",
              size_text(done.at("octets_before").get<std::uint64_t>()).c_str(),
              size_text(done.at("octets_after").get<std::uint64_t>()).c_str());
  return 0;
}

}  // namespace cbv::ctl
