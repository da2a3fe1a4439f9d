// A headless Chromium (Debian's chromium and chromium-driver) that a test drives over WebDriver
// (W3C Recommendation of 2018).
#ifndef CBV_TESTS_E2E_BROWSER_HPP
#define CBV_TESTS_E2E_BROWSER_HPP

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

/// One browser with one tab and a profile of its own. It resolves no names and fetches nothing but
/// what the test opens. Destroying it ends all its processes. All members throw std::runtime_error
/// with what WebDriver says is wrong, a script's error too.
class browser {
 public:
  /// Starts it; profile and logs are below `folder`. Throws if Chromium is not installed, and says
  /// how it is.
  explicit browser(const std::filesystem::path& folder);
  browser(const browser&) = delete;
  browser& operator=(const browser&) = delete;
  ~browser();

  /// Opens the page and waits until it is loaded.
  void open(const std::string& url);

  /// The value of a JavaScript expression in the page: texts as they are, all else as JSON.
  std::string evaluate(const std::string& expression);

  /// Looks until the expression is true.
  void wait_until(const std::string& expression);

  /// Types on the keyboard, wherever the focus is: UTF-8, and the keys below.
  void type(std::string_view keys);
  static constexpr std::string_view tab = "\uE004";
  static constexpr std::string_view enter = "\uE007";
  static constexpr std::string_view space = " ";
  static constexpr std::string_view right = "\uE014";

  /// What the page finds in prefers-color-scheme: "dark" or "light".
  void set_colours(const std::string& scheme);

  /// The size of the window's inside, in CSS pixels.
  void resize(int width, int height);

  /// The whole page, however long, as PNG.
  void save_screenshot(const std::filesystem::path& to);

  /// Errors and warnings on its console since the last call, violations of a
  /// Content-Security-Policy among them.
  std::vector<std::string> complaints();

 private:
  std::string call(const std::string& method, const std::string& path,
                   const std::string& body = {});
  std::string do_in_devtools(const std::string& command, const std::string& parameters);
  void quit();

  std::filesystem::path log_;
  std::unique_ptr<process> driver_;
  std::uint16_t port_ = 0;
  std::string session_;  // the path of the session's resources
  pid_t chromium_ = 0;
};

}  // namespace cbv::e2e

#endif
