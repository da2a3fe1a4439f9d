// cbvd(8) defines each counter in the words in which the program knows it.
#include <gtest/gtest.h>

#include <string>

#include "cbv/base/file.hpp"
#include "cbv/counting/counters.hpp"

namespace cbv {
namespace {

std::string_view name_of(std::uint64_t role_counters::*count) {
  for (const funnel_step& step : funnel_steps) {
    if (step.count == count) return step.name;
  }
  return "";
}

TEST(CountersPage, DefinesEachCounterInItsOrder) {
  const auto page = read_file(CBV_SOURCE_DIR "/tools/man/cbvd.8");
  ASSERT_TRUE(page);
  const std::size_t begin = page->find(".Sh COUNTERS\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = page->substr(begin, page->find("\n.El\n", begin) - begin);
  std::size_t at = 0;
  std::size_t entries = 0;
  for (const funnel_step& step : funnel_steps) {
    std::string entry = "\n.It Cm " + std::string(step.name);
    if (step.share_of != nullptr) entry.append(" Pq of Cm ").append(name_of(step.share_of));
    entry.append("\n").append(step.help).append("\n");
    const std::size_t found = (section + '\n').find(entry);
    ASSERT_NE(found, std::string::npos) << "expected in COUNTERS of cbvd.8:" << entry;
    EXPECT_GE(found, at) << step.name << " stands before what comes first";
    at = found;
    ++entries;
  }
  std::size_t shown = 0;
  for (std::size_t i = section.find("\n.It "); i != std::string::npos;
       i = section.find("\n.It ", i + 1))
    ++shown;
  EXPECT_EQ(shown, entries) << "and nothing else";
}

}  // namespace
}  // namespace cbv
