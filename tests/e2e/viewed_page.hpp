// The page of cbvd as somebody sees it who looks at it and types.
#ifndef CBV_TESTS_E2E_VIEWED_PAGE_HPP
#define CBV_TESTS_E2E_VIEWED_PAGE_HPP

#include <filesystem>
#include <string>
#include <vector>

#include "tests/e2e/browser.hpp"

namespace cbv::e2e {

/// An address of loopback with a port, which no other test is likely to use at the same time.
std::string own_listener();

class viewed_page {
 public:
  /// A browser with its profile below `folder`.
  explicit viewed_page(const std::filesystem::path& folder) : browser_(folder) {}

  /// Opens the page of the cbvd that listens there: "127.1.2.3:4567".
  void open(const std::string& listener);

  browser& in() { return browser_; }

  /// Waits until the page says that it is so: "live", "lost", "locked".
  void wait_for_state(const std::string& state);

  /// Chooses the period ("day", "month", "year", "all") or the role ("both", "sender", "recipient")
  /// that is shown.
  void choose(const std::string& name, const std::string& value);

  /// The visible text of the element that a CSS selector finds.
  std::string text_of(const std::string& selector);

  /// The texts of a table's body, without what stands there in small print.
  std::vector<std::vector<std::string>> rows_of(const std::string& table);

  /// The row that begins with this; empty: there is none.
  std::vector<std::string> row_of(const std::string& table, const std::string& first);

  /// Waits until a chart is drawn in this colour of page.css.
  void wait_for_pixels(const std::string& chart, const std::string& colour);

  /// Whether neither the page nor what is on it is wider than the window.
  bool fits_its_width();

  /// Texts whose contrast with their ground is less than WCAG 2.1 AA asks for: a line for each.
  std::string texts_of_little_contrast();

  /// Types into the field for an address and presses Enter, with the keyboard alone, from wherever
  /// the focus is. Throws if Tab does not lead there.
  void type_question(const std::string& address);

  /// The same, and waits for the verdict.
  void ask(const std::string& address);

  /// The whole page as a picture, kept below the build's folder; where.
  std::string keep_screenshot(const std::string& name);

 private:
  int pixels(const std::string& chart, const std::string& colour);

  browser browser_;
};

}  // namespace cbv::e2e

#endif
