#include "tools/cbvctl/text_table.hpp"

#include <gtest/gtest.h>

namespace cbv::ctl {
namespace {

TEST(CtlTextTable, PutsNumbersBelowEachOther) {
  EXPECT_EQ(table_text({{"", "calls", "b"}, {"2003-11", "7", "1234"}, {"x", "100", ""}}, 80),
            "        calls    b\n"
            "2003-11     7 1234\n"
            "x         100\n");
  EXPECT_EQ(table_text({{"\xc3\xa4", "1"}, {"ab", "2"}}, 80), "\xc3\xa4  1\nab 2\n");
  EXPECT_EQ(table_text({}, 80), "");
}

TEST(CtlTextTable, GoesOnBelowWhereTheTerminalEnds) {
  const text_rows rows{{"m", "aaaa", "bbbb", "cccc"}, {"1", "1", "2", "3"}};
  EXPECT_EQ(table_text(rows, 16), "m aaaa bbbb cccc\n1    1    2    3\n");
  EXPECT_EQ(table_text(rows, 15), "m aaaa bbbb\n1    1    2\n\nm cccc\n1    3\n");
  EXPECT_EQ(table_text(rows, 1), "m aaaa\n1    1\n\nm bbbb\n1    2\n\nm cccc\n1    3\n");
}

TEST(CtlTextTable, WrapsLists) {
  EXPECT_EQ(list_text("top", {"a 1", "b 2", "c 3"}, 5, 80), "top  a 1, b 2, c 3\n");
  EXPECT_EQ(list_text("top", {"a 1", "b 2", "c 3"}, 5, 14), "top  a 1, b 2,\n     c 3\n");
  EXPECT_EQ(list_text("top", {"a 1", "b 2"}, 5, 3), "top  a 1,\n     b 2\n") << "never cut";
  EXPECT_EQ(list_text("top", {}, 5, 80), "");
}

}  // namespace
}  // namespace cbv::ctl
