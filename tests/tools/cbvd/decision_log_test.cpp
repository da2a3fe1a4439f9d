#include "tools/cbvd/decision_log.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

#include "cbv/base/file.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cbvd {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class DecisionLogTest : public testing::Test {
 protected:
  envelope::judgement judgement_of(std::string id, action what = action::reject) {
    envelope::judgement told;
    told.id = std::move(id);
    told.given.action = told.meant.action = what;
    return told;
  }
  decision_log_options in_file(const std::string& name) {
    decision_log_options with;
    with.file = (place_.path() / name).string();
    return with;
  }
  std::string content(const std::string& name) {
    const auto text = read_file((place_.path() / name).string());
    return text ? *text : "";
  }
  static std::size_t lines(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
  }

  const temporary_folder place_;
  std::mutex guard_;
  std::vector<std::string> logged_;
  logger log_{severity::info, [this](severity, std::string_view line) {
                const std::lock_guard<std::mutex> held(guard_);
                logged_.emplace_back(line);
              }};
  static constexpr wall_time noon{std::chrono::seconds(1'795'262'400)};
};

TEST_F(DecisionLogTest, WritesALineForEach) {
  {
    decision_log log(in_file("decisions"), log_);
    for (int i = 0; i < 1'000; ++i) log.write({}, judgement_of(std::to_string(i)), noon);
  }
  const std::string text = content("decisions");
  EXPECT_EQ(lines(text), 1'000U);
  EXPECT_THAT(text, StartsWith("time=2026-11-21T12:00:00Z id=0 action=reject"));
}

TEST_F(DecisionLogTest, AddsToWhatIsThereAndWritesJson) {
  auto with = in_file("decisions");
  { decision_log(with, log_).write({}, judgement_of("1"), noon); }
  with.format = decision_format::json;
  { decision_log(with, log_).write({}, judgement_of("2"), noon); }
  const std::string text = content("decisions");
  EXPECT_EQ(lines(text), 2U);
  EXPECT_THAT(text, HasSubstr("\n{\"time\":\"2026-11-21T12:00:00Z\",\"id\":\"2\""));
}

TEST_F(DecisionLogTest, AFileThatWasMovedAwayIsMadeAnew) {
  {
    decision_log log(in_file("decisions"), log_);
    log.write({}, judgement_of("1"), noon);
  }
  std::filesystem::rename(place_.path() / "decisions", place_.path() / "decisions.1");
  {
    decision_log log(in_file("decisions.1"), log_);
    log.change(in_file("decisions"));
    log.write({}, judgement_of("2"), noon);
  }
  EXPECT_THAT(content("decisions"), AllOf(HasSubstr(" id=2 "), testing::Not(HasSubstr(" id=1 "))));
  EXPECT_EQ(lines(content("decisions.1")), 1U);
}

TEST_F(DecisionLogTest, AFullDiskIsSaidOnceAndHarmsNoOne) {
  decision_log_options with;
  with.file = "/dev/full";
  with.level = std::nullopt;
  {
    decision_log log(with, log_);
    for (int i = 0; i < 100; ++i) log.write({}, judgement_of("1"), noon);
  }
  EXPECT_THAT(logged_, ElementsAre(AllOf(HasSubstr("decision_log_failed"),
                                         HasSubstr("No space left on device"))));
}

TEST_F(DecisionLogTest, AFileThatCannotBeMadeIsSaid) {
  auto with = in_file("nowhere/decisions");
  with.level = std::nullopt;
  { decision_log(with, log_).write({}, judgement_of("1"), noon); }
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("No such file or directory")));
}

TEST_F(DecisionLogTest, WhatIsRefusedIsInTheLogToo) {
  decision_log_options with;
  {
    decision_log log(with, log_);
    log.write({}, judgement_of("1", action::accept), noon);
    log.write({}, judgement_of("2", action::defer), noon);
    with.level = std::nullopt;
    log.change(with);
    log.write({}, judgement_of("3"), noon);
  }
  EXPECT_THAT(logged_, ElementsAre(StartsWith("decided time=2026-11-21T12:00:00Z id=2 ")));
}

TEST_F(DecisionLogTest, TooManyLinesForTheDiskAreLost) {
  auto with = in_file("decisions");
  with.waiting_octets_max = 10;
  with.level = std::nullopt;
  { decision_log(with, log_).write({}, judgement_of("1"), noon); }
  EXPECT_EQ(content("decisions"), "");
  EXPECT_THAT(logged_, ElementsAre(HasSubstr("1 lines lost")));
}

}  // namespace
}  // namespace cbv::cbvd
