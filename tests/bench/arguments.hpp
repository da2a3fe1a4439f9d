// The command line of the small programs of tests/bench: "--name value", and nothing else.
#ifndef CBV_TESTS_BENCH_ARGUMENTS_HPP
#define CBV_TESTS_BENCH_ARGUMENTS_HPP

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>

namespace cbv::bench {

class arguments {
 public:
  /// Throws std::invalid_argument where a value is missing.
  arguments(int count, char** words) {
    for (int i = 1; i < count; i += 2) {
      const std::string name = words[i];
      if (i + 1 == count || !name.starts_with("--")) throw std::invalid_argument("stray " + name);
      given_[name.substr(2)] = words[i + 1];
    }
  }

  std::string text(const std::string& name, const std::string& otherwise = {}) const {
    const auto found = given_.find(name);
    return found == given_.end() ? otherwise : found->second;
  }

  std::uint64_t number(const std::string& name, std::uint64_t otherwise) const {
    const auto found = given_.find(name);
    return found == given_.end() ? otherwise : std::stoull(found->second);
  }

 private:
  std::map<std::string, std::string> given_;
};

}  // namespace cbv::bench

#endif
