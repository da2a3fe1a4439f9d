// The token that clients of a listener show, and when it is to be read anew.
#ifndef CBV_TOOLS_CBVD_TOKEN_FILE_HPP
#define CBV_TOOLS_CBVD_TOKEN_FILE_HPP

#include <string>
#include <utility>

#include "tools/cbvd/watched_files.hpp"

namespace cbv::cbvd {

/// The first line of a file, as it can stand in a header of HTTP and is not guessed. Belongs to one
/// thread.
class token_file {
 public:
  /// `token` is what was read of it before, if it was.
  explicit token_file(std::string path, std::string token = {})
      : path_(std::move(path)), watched_({path_}), token_(std::move(token)) {}

  /// Reads the file. What is wrong with it; empty if nothing is. What was read before stays then.
  /// It blocks.
  std::string read();

  /// Whether the file is not what it was at the last read(), as far as its time and size say.
  bool has_changed() const { return watched_.have_changed(); }

  /// What was read last; empty before the first read() that went well.
  const std::string& token() const noexcept { return token_; }

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  watched_files watched_;
  std::string token_;
};

}  // namespace cbv::cbvd

#endif
