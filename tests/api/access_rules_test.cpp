// What clients may do: methods of a listener, and a token that is shown first.
#include "api/access_rules.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "api/protocol.hpp"
#include "api/secret.hpp"
#include "tests/api/converse.hpp"

namespace cbv::api {
namespace {

using nlohmann::json;

std::string calling(std::string_view id, std::string_view method, std::string_view params = "") {
  std::string made = R"({"jsonrpc":"2.0","method":")" + std::string(method) + '"';
  if (!id.empty()) made += ",\"id\":" + std::string(id);
  if (!params.empty()) made += ",\"params\":" + std::string(params);
  return made + '}';
}

std::string showing(std::string_view token, std::string_view id = "0") {
  return calling(id, "authenticate", R"({"token":")" + std::string(token) + "\"}");
}

// What each response is: its code, or "ok"; in their order.
std::string outcome(conversation& talk, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) talk.receive(line + '\n');
  std::istringstream said(answer_calls(talk));
  std::string shown;
  const auto add = [&shown](const json& response) {
    if (!shown.empty()) shown += ' ';
    shown += response["id"].dump() + ':';
    shown += response.contains("error") ? response["error"]["code"].dump() : "ok";
  };
  for (std::string line; std::getline(said, line);) {
    const json read = json::parse(line);
    if (!read.is_array()) {
      add(read);
    } else {
      for (const json& each : read) add(each);
    }
  }
  return shown;
}

TEST(AccessRules, AllowAllMethodsUnlessSomeAreNamed) {
  conversation all({});
  EXPECT_EQ(outcome(all, {calling("1", "cache_compact"), calling("2", "version")}), "1:ok 2:ok");
  conversation some({}, {{method::version, method::verify_sender}, {}});
  EXPECT_EQ(outcome(some, {calling("1", "cache_compact"), calling("2", "version"),
                           calling("3", "verify_recipient", R"({"address":"a@x"})"),
                           calling("4", "verify_sender", R"({"address":"a@x"})"),
                           calling("5", "nothing"), calling("", "health")}),
            "1:-32005 3:-32005 5:-32601 2:ok 4:ok");
}

TEST(AccessRules, WhatIsForTheKeeperHasToBeNamedUnlessTheClientIsLocal) {
  struct row {
    std::vector<method> named;
    bool is_local;
    bool may;
  };
  for (const row& each :
       {row{{}, true, true}, row{{}, false, false}, row{{method::version}, true, false},
        row{{method::version}, false, false}, row{{method::version, method::reload}, true, true},
        row{{method::reload}, false, true}}) {
    const access_rules rules{each.named, {}};
    EXPECT_EQ(rules.of(each.is_local).allows(method::reload), each.may);
    conversation talk({}, rules.of(each.is_local));
    EXPECT_EQ(outcome(talk, {calling("1", "reload")}), each.may ? "1:ok" : "1:-32005");
  }
  EXPECT_TRUE(access_rules().allows(method::cache_compact));
}

TEST(AccessRules, NothingIsDoneBeforeTheTokenIsShown) {
  conversation talk({}, {{}, "secret"});
  EXPECT_EQ(
      outcome(talk, {calling("1", "version"), calling("", "verify_sender", R"({"address":"a@x"})"),
                     calling("2", "cache_forget", R"({"address":"a@x.example"})")}),
      "1:-32004 2:-32004");
  talk.receive(calling("", "verify_sender", R"({"address":"a@x"})") + '\n');
  EXPECT_TRUE(talk.take_calls().empty());
  EXPECT_FALSE(talk.is_distrusted()) << "it has shown no wrong one";
  EXPECT_EQ(outcome(talk, {showing("secret"), calling("3", "version")}), "0:ok 3:ok");
  EXPECT_EQ(outcome(talk, {calling("4", "version")}), "4:ok") << "once a connection";
}

TEST(AccessRules, AWrongTokenIsTheEnd) {
  for (const char* wrong : {"", "secre", "secret ", "Secret", "secretsecret"}) {
    conversation talk({}, {{}, "secret"});
    EXPECT_EQ(outcome(talk, {showing(wrong), showing("secret", "1"), calling("2", "version")}),
              "0:-32004 1:-32004 2:-32004")
        << wrong;
    EXPECT_TRUE(talk.is_distrusted());
  }
}

TEST(AccessRules, TheTokenMayComeInANotificationOrABatch) {
  conversation silent({}, {{}, "secret"});
  EXPECT_EQ(outcome(silent, {showing("secret", ""), calling("1", "version")}), "1:ok");
  conversation batch({}, {{}, "secret"});
  EXPECT_EQ(outcome(batch, {'[' + showing("secret") + ',' + calling("1", "version") + ']'}),
            "0:ok 1:ok");
}

TEST(AccessRules, WhoeverIsAdmittedNeedsNoToken) {
  conversation talk({}, {{}, "secret"});
  talk.admit();
  EXPECT_EQ(outcome(talk, {calling("1", "version")}), "1:ok");
}

TEST(AccessRules, ParametersOfAuthenticateAreChecked) {
  conversation talk({}, {{}, "secret"});
  EXPECT_EQ(
      outcome(talk, {calling("1", "authenticate"), calling("2", "authenticate", R"({"token":1})"),
                     calling("3", "authenticate", R"({"token":"secret","x":1})")}),
      "1:-32602 2:-32602 3:-32602");
  EXPECT_FALSE(talk.is_distrusted());
}

TEST(AccessRules, MethodsHaveNames) {
  for (const char* name :
       {"verify_sender", "verify_recipient", "check", "stats", "health", "version", "authenticate",
        "cache_get", "cache_list", "cache_forget", "cache_import", "cache_stats", "cache_verify",
        "cache_compact", "reload"}) {
    const auto found = method_from_name(name);
    ASSERT_TRUE(found) << name;
    EXPECT_EQ(to_string(*found), name);
  }
  EXPECT_FALSE(method_from_name("verify"));
}

TEST(Secret, IsComparedWhole) {
  EXPECT_TRUE(is_secret("secret", "secret"));
  EXPECT_TRUE(is_secret("", ""));
  for (const char* shown : {"", "s", "secreT", "secret1", "tecret"})
    EXPECT_FALSE(is_secret(shown, "secret")) << shown;
  EXPECT_FALSE(is_secret(std::string_view("secret\0", 7), "secret"));
}

}  // namespace
}  // namespace cbv::api
