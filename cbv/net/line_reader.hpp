// Bounded lines over a stream.
#ifndef CBV_NET_LINE_READER_HPP
#define CBV_NET_LINE_READER_HPP

#include <cstddef>
#include <string>

#include "cbv/net/stream.hpp"

namespace cbv::net {

/// Reads lines that end in LF or CRLF. Holds at most one line too long and one read ahead.
class line_reader {
 public:
  /// `octets_max` is what a line may have at most, its end not counted. `from` outlives the reader.
  line_reader(stream& from, std::size_t octets_max) : from_(from), octets_max_(octets_max) {}

  /// The next line, without its end. At the end of input what stands after the last LF is a line
  /// too (some clients close their half without one); then it is asio::error::eof. A longer line is
  /// errc::line_too_long once; the rest of it is skipped and reading goes on behind it. Throws only
  /// when cancelled, and may then have lost octets: the connection is to be dropped.
  awaitable<result<std::string>> next_line();

 private:
  stream& from_;
  std::size_t octets_max_;
  std::string held_;          // octets read and not yet given
  std::size_t searched_ = 0;  // held_ has no LF before this
  bool skipping_ = false;     // inside a line that was too long
  error_code ended_;
};

}  // namespace cbv::net

#endif
