#include "cbv/checks/merge.hpp"

#include <gtest/gtest.h>

namespace cbv::checks {
namespace {

finding part(outcome said, const char* evidence) {
  return finding{said, evidence};
}

TEST(MergeTest, IsAsBadAsItsWorstPart) {
  const finding skip = part(outcome::skip, "s");
  const finding pass = part(outcome::pass, "p");
  const finding unknown = part(outcome::unknown, "u");
  const finding fail = part(outcome::fail, "f");
  EXPECT_EQ(merged({}), part(outcome::skip, ""));
  EXPECT_EQ(merged({skip, pass}), pass);
  EXPECT_EQ(merged({pass, unknown, skip}), unknown);
  EXPECT_EQ(merged({unknown, fail, pass, fail}), part(outcome::fail, "f; f"));
  EXPECT_EQ(merged({pass, part(outcome::pass, "")}), pass);
}

TEST(MergeTest, TakesTheStrictestDecision) {
  finding defers = part(outcome::unknown, "u");
  defers.decision = advice{action::defer, 450, "4.7.1", "first"};
  finding defers_too = defers;
  defers_too.decision->text = "second";
  finding rejects = part(outcome::fail, "f");
  rejects.decision = advice{action::reject, 550, "5.7.1", "third"};
  EXPECT_EQ(merged({part(outcome::fail, "x"), defers, defers_too}).decision->text, "first");
  EXPECT_EQ(merged({defers, rejects, defers_too}).decision->text, "third");
  EXPECT_FALSE(merged({part(outcome::fail, "x")}).decision);
}

}  // namespace
}  // namespace cbv::checks
