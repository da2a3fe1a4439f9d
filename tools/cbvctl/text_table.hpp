// Columns for people. Pure.
#ifndef CBV_TOOLS_CBVCTL_TEXT_TABLE_HPP
#define CBV_TOOLS_CBVCTL_TEXT_TABLE_HPP

#include <cstddef>
#include <string>
#include <vector>

namespace cbv::ctl {

/// Rows of cells, the first row being the heads; each has as many cells.
using text_rows = std::vector<std::vector<std::string>>;

/// The rows as lines, the first column to the left and the others to the right, a space between
/// them. A row with an empty first cell and nothing else is an empty line. What does not fit into
/// `width` columns of a terminal goes into further blocks below, each with the first column.
std::string table_text(const text_rows& rows, std::size_t width);

/// "name  a 1, b 2, ..." in lines of at most `width`, those after the first indented by `indent`,
/// which is where the first piece stands as well. Empty if there are no pieces.
std::string list_text(const std::string& name, const std::vector<std::string>& pieces,
                      std::size_t indent, std::size_t width);

}  // namespace cbv::ctl

#endif
