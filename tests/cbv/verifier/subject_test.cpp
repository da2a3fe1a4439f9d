#include "cbv/verifier/subject.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace cbv {
namespace {

query asking(std::string address, role side) {
  query asked;
  asked.address = std::move(address);
  asked.role = side;
  return asked;
}

TEST(SubjectTest, IsTheMailboxOfEitherRole) {
  for (const role side : {role::sender, role::recipient}) {
    const auto about = subject_of(asking("Ann@Example.net", side));
    ASSERT_TRUE(about.has_value());
    EXPECT_EQ(to_string(*about), "Ann@example.net");
  }
}

TEST(SubjectTest, IsNobodyForTheNullReversePath) {
  for (const char* null_path : {"<>", ""}) {
    const auto about = subject_of(asking(null_path, role::sender));
    ASSERT_TRUE(about.has_error()) << null_path;
    EXPECT_EQ(about.error().status, status::unknown);
    EXPECT_EQ(about.error().reason, reason::not_asked);
  }
}

TEST(SubjectTest, IsNobodyForThePostmasterWithoutADomain) {
  const auto about = subject_of(asking("PostMaster", role::recipient));
  ASSERT_TRUE(about.has_error());
  EXPECT_EQ(about.error().reason, reason::not_asked);
}

TEST(SubjectTest, IsNobodyForThePostmasterOfAnyDomain) {
  for (const role side : {role::sender, role::recipient}) {
    for (const char* address : {"postmaster@example.net", "PostMaster@Example.NET",
                                "\"postmaster\"@example.net", "postmaster@[192.0.2.1]"}) {
      const auto about = subject_of(asking(address, side));
      ASSERT_TRUE(about.has_error()) << address;
      EXPECT_EQ(about.error().reason, reason::not_asked) << address;
    }
    for (const char* address :
         {"postmaster1@example.net", "a-postmaster@example.net", "postmaster+x@example.net"}) {
      EXPECT_TRUE(subject_of(asking(address, side)).has_value()) << address;
    }
  }
}

TEST(SubjectTest, IsNobodyForWhatOurOwnCalloutsComeFrom) {
  const std::vector<mailbox> own{*parse_mailbox("verify@example.org"),
                                 *parse_mailbox("bounce@example.org")};
  for (const char* address : {"verify@example.org", "Bounce@Example.org"}) {
    const auto about = subject_of(asking(address, role::sender), own);
    ASSERT_TRUE(about.has_error()) << address;
    EXPECT_EQ(about.error().reason, reason::not_asked) << address;
    EXPECT_EQ(about.error().status, status::unknown) << address;
  }
  for (const char* address : {"verify@example.net", "bob@example.org"}) {
    EXPECT_TRUE(subject_of(asking(address, role::sender), own).has_value()) << address;
  }
}

TEST(SubjectTest, IsUndeliverableWhereTheSyntaxIsWrong) {
  const auto about = subject_of(asking("<>", role::recipient));
  ASSERT_TRUE(about.has_error());
  EXPECT_EQ(about.error().status, status::undeliverable);
  EXPECT_EQ(about.error().reason, reason::syntax);
  EXPECT_NE(about.error().detail.find("octet"), std::string::npos) << about.error().detail;
}

}  // namespace
}  // namespace cbv
