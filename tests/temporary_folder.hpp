// A folder that is gone when the test is.
#ifndef CBV_TESTS_TEMPORARY_FOLDER_HPP
#define CBV_TESTS_TEMPORARY_FOLDER_HPP

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

namespace cbv {

class temporary_folder {
 public:
  temporary_folder() : temporary_folder(std::filesystem::temp_directory_path()) {}
  explicit temporary_folder(const std::filesystem::path& parent) {
    std::string name = parent / "cbv-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;
  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// Where to put what is written often and need not be on a disk.
  static std::filesystem::path in_memory() {
    const std::filesystem::path there = "/dev/shm";
    std::error_code none;
    return std::filesystem::is_directory(there, none) ? there
                                                      : std::filesystem::temp_directory_path();
  }

  const std::filesystem::path& path() const noexcept { return path_; }
  std::string inside(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace cbv

#endif
