// Runs each page of this folder as a test of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "tests/sim/scenario.hpp"

namespace cbv::sim {
namespace {

std::vector<std::filesystem::path> pages() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::directory_iterator(CBV_SCENARIOS)) {
    if (entry.path().extension() == ".scn") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

std::string content_of(const std::filesystem::path& page) {
  std::ifstream in(page, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// "host_takes_no_mail.scn" is HostTakesNoMail.
std::string name_of(const testing::TestParamInfo<std::filesystem::path>& page) {
  std::string name;
  bool is_start = true;
  for (const char c : page.param.stem().string()) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_word) name += is_start && c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
    is_start = !is_word;
  }
  return name;
}

class ScenarioTest : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(ScenarioTest, GoesAsItIsWritten) {
  const std::string name = "tests/scenarios/" + GetParam().filename().string();
  for (const std::string& problem : run_scenario(content_of(GetParam()), name)) {
    ADD_FAILURE() << problem;
  }
}

INSTANTIATE_TEST_SUITE_P(Pages, ScenarioTest, testing::ValuesIn(pages()), name_of);

// That a page can fail

constexpr std::string_view small_world =
    "zone\n"
    "  example.net. MX 10 mx1.example.net.\n"
    "  mx1.example.net. A 192.0.2.25\n"
    "host 192.0.2.25 mx1.example.net\n"
    "  mailbox ann@example.net\n";

struct failing {
  const char* lines;
  const char* problem;
};

constexpr std::array failing_pages{
    failing{"ask ann@example.net\n", "page.scn at the end: expected something to be expected"},
    failing{"ask ann@example.net\nexpect undeliverable mailbox_not_found\n",
            "page.scn:7: expected undeliverable mailbox_not_found, got deliverable accepted"},
    failing{"ask ann@example.net\nexpect deliverable accepted reply=251\n",
            "page.scn:7: expected reply 251, got 250"},
    failing{"ask ann@example.net\nexpect text \"no such\"\n",
            "page.scn:7: expected text no such, got Ok"},
    failing{"ask ann@example.net\nexpect connections=2\n",
            "page.scn:7: expected connections 2, got 1"},
    failing{"ask ann@example.net\nexpect colour=red\n",
            "page.scn:7: expected something that is known, not colour"},
    failing{"ask ann@example.net bob@example.net\nexpect deliverable accepted\n",
            "page.scn:7: expected deliverable accepted, got undeliverable mailbox_not_found"},
    failing{"ask ann@example.net\nexpect connections>=2\n",
            "page.scn:7: expected connections >= 2, got 1"},
    failing{"ask ann@example.net\nexpect elapsed<=10ms\n",
            "page.scn:7: expected elapsed <= 10ms, got 44"},
    failing{"ask ann@example.net\nexpect at=192.0.2.25 accepted=2\n",
            "page.scn:7: expected accepted 2, got 1"},
    failing{"ask ann@example.net\nexpect at=192.0.2.25 dials=1\n",
            "page.scn:7: expected what a host has seen, not dials"},
    failing{"ask ann@example.net soon\nexpect connections=0\n",
            "page.scn:6: expected sender, recipient"},
    failing{"settings colour=red\nask ann@example.net\nexpect connections=1\n",
            "page.scn:6: expected settings such as greeting=5s, not colour=red"},
    failing{"tell ann@example.net\n", "page.scn:6: expected a section"},
    failing{"host 192.0.2.26\n  S: 220 mx\n  C: EHLO elsewhere\n  S: 250 mx\n"
            "ask x@[192.0.2.26]\nexpect unknown connection_lost\n",
            "expected no fault of ours, got 1"}};

TEST(ScenarioRunnerTest, SaysWhatIsWrongAndWhere) {
  for (const failing& page : failing_pages) {
    const auto problems = run_scenario(std::string(small_world) + page.lines, "page.scn");
    ASSERT_FALSE(problems.empty()) << page.lines;
    EXPECT_NE(problems.front().find(page.problem), std::string::npos) << problems.front();
  }
}

}  // namespace
}  // namespace cbv::sim
