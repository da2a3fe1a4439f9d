#include "cbv/verifier/subject.hpp"

#include <gtest/gtest.h>

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

TEST(SubjectTest, IsUndeliverableWhereTheSyntaxIsWrong) {
  const auto about = subject_of(asking("<>", role::recipient));
  ASSERT_TRUE(about.has_error());
  EXPECT_EQ(about.error().status, status::undeliverable);
  EXPECT_EQ(about.error().reason, reason::syntax);
  EXPECT_NE(about.error().detail.find("octet"), std::string::npos) << about.error().detail;
}

}  // namespace
}  // namespace cbv
