#include "tools/cbvd/settings_file.hpp"

#include <gtest/gtest.h>

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

class SettingsFileTest : public testing::Test {
 protected:
  /// All complaints about `toml`, a line each.
  std::string complaints(std::string_view toml) {
    std::string text;
    for (const complaint& one : read_settings(toml, known_))
      text += to_string(one, "f.toml") + '\n';
    return text;
  }

  std::uint16_t port_ = 25;
  bool quiet_ = false;
  std::chrono::milliseconds connect_ = 10s;
  std::vector<std::string> networks_;
  const std::vector<setting> known_{
      number_setting<std::uint16_t>("callout.port", port_, 1, 65535),
      time_setting("callout.limits.connect", connect_, 1s, 1min),
      flag_setting("quiet", quiet_),
      list_setting("networks", networks_, "a network",
                   text_form<std::string>{[](std::string_view text) { return std::string(text); },
                                          [](const std::string& text) { return text; }}),
  };
};

TEST_F(SettingsFileTest, ReadsEveryKindOfValue) {
  EXPECT_EQ(complaints("quiet = true\nnetworks = [\"127.0.0.0/8\"]\n[callout]\nport = 2525\n"
                       "limits.connect = \"2s\"\n"),
            "");
  EXPECT_TRUE(quiet_);
  EXPECT_EQ(port_, 2525);
  EXPECT_EQ(connect_, 2s);
  EXPECT_EQ(networks_, std::vector<std::string>{"127.0.0.0/8"});
}

TEST_F(SettingsFileTest, AnEmptyFileLeavesTheDefaults) {
  EXPECT_EQ(complaints(""), "");
  EXPECT_EQ(port_, 25);
}

TEST_F(SettingsFileTest, SaysAllThatIsWrongInTheOrderOfTheFile) {
  EXPECT_EQ(complaints("[callout]\nprot = 25\nport = \"x\"\n[callout.limits]\nconnect = 5\n"),
            "f.toml:2:1: callout.prot: there is no such setting; did you mean callout.port?\n"
            "f.toml:3:8: callout.port: expected a whole number from 1 to 65535, got a text\n"
            "f.toml:5:11: callout.limits.connect: expected a time from \"1s\" to \"1m\", got a "
            "whole number\n");
}

TEST_F(SettingsFileTest, NamesTypesForPeople) {
  struct {
    std::string_view value;
    std::string_view name;
  } const cases[] = {{"1.5", "a number with a fraction"},
                     {"1979-05-27", "a date or time"},
                     {"[1]", "a list that is not of texts"},
                     {"{}", "a table"},
                     {"true", "true or false"}};
  for (const auto& each : cases) {
    EXPECT_NE(complaints("callout.port = " + std::string(each.value))
                  .find("got " + std::string(each.name)),
              std::string::npos)
        << each.value;
  }
}

TEST_F(SettingsFileTest, WantsATableWhereOneBelongs) {
  EXPECT_EQ(complaints("callout = 5"),
            "f.toml:1:11: callout: expected a table, got a whole number\n");
}

TEST_F(SettingsFileTest, SaysWhereTextIsNotToml) {
  const std::string text = complaints("quiet = true\nport 25\n");
  EXPECT_EQ(text.substr(0, 9), "f.toml:2:") << text;
  EXPECT_NE(text.find("not TOML: "), std::string::npos) << text;
}

TEST_F(SettingsFileTest, RefusesAKeyGivenTwice) {
  EXPECT_NE(complaints("quiet = true\nquiet = false\n").find("f.toml:2:"), std::string::npos);
}

/// A list of two kinds of keys, and what it kept.
class TableListTest : public testing::Test {
 protected:
  struct door {
    std::string name = "front";
    std::uint16_t width = 1;
  };

  std::string complaints(std::string_view toml) {
    std::string text;
    const std::vector<setting> known{flag_setting("quiet", quiet_)};
    for (const complaint& one : read_settings(toml, known, {doors_}))
      text += to_string(one, "f.toml") + '\n';
    return text;
  }

  bool quiet_ = false;
  std::vector<door> kept_;
  const table_list doors_ = table_list_setting<door>(
      "door", 3,
      [](door& one) {
        return std::vector<setting>{
            text_setting(
                "name", one.name, "a name",
                text_form<std::string>{[](std::string_view text) { return std::string(text); },
                                       [](const std::string& text) { return text; }}),
            number_setting<std::uint16_t>("size.width", one.width, 1, 9)};
      },
      [this](const door& one) {
        if (one.name == "trap") return std::vector<std::string>{"name: expected no trap, got one"};
        kept_.push_back(one);
        return std::vector<std::string>{};
      });
};

TEST_F(TableListTest, EachTableBeginsWithTheDefaults) {
  EXPECT_EQ(complaints("quiet = true\n[[door]]\nname = \"back\"\nsize.width = 2\n"
                       "[[door]]\n[[door]]\n[door.size]\nwidth = 3\n"),
            "");
  EXPECT_TRUE(quiet_);
  ASSERT_EQ(kept_.size(), 3U);
  EXPECT_EQ(kept_[0].name, "back");
  EXPECT_EQ(kept_[0].width, 2);
  EXPECT_EQ(kept_[1].name, "front");
  EXPECT_EQ(kept_[1].width, 1);
  EXPECT_EQ(kept_[2].width, 3);
}

TEST_F(TableListTest, MayBeWrittenInOneLineAndBeEmpty) {
  EXPECT_EQ(complaints("door = [{name = \"a\"}, {name = \"b\"}]"), "");
  EXPECT_EQ(kept_.size(), 2U);
  EXPECT_EQ(complaints("door = []"), "");
  EXPECT_EQ(kept_.size(), 2U);
}

TEST_F(TableListTest, AllThatIsWrongHasItsPlace) {
  EXPECT_EQ(complaints("[[door]]\nnam = \"x\"\nsize = {width = 10}\n"
                       "[[door]]\nname = \"good\"\n"
                       "[[door]]\nname = \"trap\"\n"),
            "f.toml:2:1: door.nam: there is no such setting; did you mean door.name?\n"
            "f.toml:3:17: door.size.width: expected a whole number from 1 to 9, got 10\n"
            "f.toml:6:1: door.name: expected no trap, got one\n");
  ASSERT_EQ(kept_.size(), 1U) << "a table with something wrong is not kept";
  EXPECT_EQ(kept_[0].name, "good");
}

TEST_F(TableListTest, WantsTables) {
  EXPECT_EQ(complaints("door = 5"),
            "f.toml:1:8: door: expected tables, each [[door]], got a whole number\n");
  EXPECT_EQ(complaints("[door]\nname = \"x\"\n"),
            "f.toml:1:1: door: expected tables, each [[door]], got a table\n");
  EXPECT_EQ(complaints("door = [5]"), "f.toml:1:9: door: expected a table, got a whole number\n");
  EXPECT_EQ(complaints("[[dor]]\n"),
            "f.toml:1:3: dor: there is no such setting; did you mean door?\n");
}

TEST_F(TableListTest, HasABound) {
  EXPECT_EQ(complaints("[[door]]\n[[door]]\n[[door]]\n[[door]]\n"),
            "f.toml:1:1: door: expected at most 3 tables, got 4\n");
  EXPECT_TRUE(kept_.empty());
}

}  // namespace
}  // namespace cbv::cbvd
