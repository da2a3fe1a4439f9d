#include "tests/e2e/viewed_page.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using nlohmann::json;

constexpr int tabs_max = 60;     // all that can have the focus, and more
constexpr int pixels_min = 100;  // less than the smallest bar has

std::string quoted(const std::string& text) {
  return json(text).dump();
}

}  // namespace

std::string own_listener() {
  const std::string address = own_address();
  return address + ':' + std::to_string(free_port(address));
}

void viewed_page::open(const std::string& listener) {
  browser_.open("http://" + listener + '/');
}

void viewed_page::wait_for_state(const std::string& state) {
  browser_.wait_until("document.getElementById('state').dataset.state === " + quoted(state));
}

void viewed_page::choose(const std::string& name, const std::string& value) {
  browser_.evaluate("document.querySelector('#chooser input[name=" + name + "][value=" + value +
                    "]').click()");
}

std::string viewed_page::text_of(const std::string& selector) {
  return browser_.evaluate("document.querySelector(" + quoted(selector) + ").innerText");
}

std::vector<std::vector<std::string>> viewed_page::rows_of(const std::string& table) {
  const std::string found = browser_.evaluate(
      "[...document.querySelectorAll(" + quoted('#' + table + " tbody tr") +
      ")].map((row) => [...row.cells].map((cell) => cell.firstChild?.textContent ?? ''))");
  return json::parse(found).get<std::vector<std::vector<std::string>>>();
}

std::vector<std::string> viewed_page::row_of(const std::string& table, const std::string& first) {
  const auto rows = rows_of(table);
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&first](const auto& row) { return row.front() == first; });
  return found == rows.end() ? std::vector<std::string>() : *found;
}

void viewed_page::wait_for_pixels(const std::string& chart, const std::string& colour) {
  wait_for(chart + " to be drawn in the colour " + colour,
           [&] { return pixels(chart, colour) > pixels_min; });
}

// How many pixels of the chart have exactly this colour.
int viewed_page::pixels(const std::string& chart, const std::string& colour) {
  constexpr auto counting = R"((() => {
    const canvas = document.getElementById("{chart}");
    const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    Object.assign(copy.canvas, { width: canvas.width, height: canvas.height });
    copy.drawImage(canvas, 0, 0);
    const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
    const wanted = getComputedStyle(document.documentElement).getPropertyValue("--{colour}").trim();
    const [red, green, blue] = [1, 3, 5].map((at) => parseInt(wanted.slice(at, at + 2), 16));
    let found = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) found += 1;
    }
    return found;
  })())";
  return std::stoi(browser_.evaluate(filled_in(counting, {{"chart", chart}, {"colour", colour}})));
}

bool viewed_page::fits_its_width() {
  return browser_.evaluate(
             "document.scrollingElement.scrollWidth <= window.innerWidth && "
             "[...document.querySelectorAll('.card, table, canvas')].every((one) => "
             "one.getBoundingClientRect().right <= window.innerWidth)") == "true";
}

std::string viewed_page::texts_of_little_contrast() {
  // Success criterion 1.4.3: 4.5 to 1, for large texts 3 to 1.
  return browser_.evaluate(R"((() => {
    const parts = (colour) => colour.match(/[0-9.]+/g).map(Number);
    const light = (colour) => parts(colour).slice(0, 3)
      .map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4))
      .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (one) => {
      const { backgroundColor } = getComputedStyle(one);
      const [, , , covers = 1] = parts(backgroundColor);
      return covers === 1 || !one.parentElement ? backgroundColor : ground(one.parentElement);
    };
    const found = [];
    for (const one of document.querySelectorAll("body *")) {
      const own = [...one.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
      if (own.length === 0 || !one.checkVisibility() || one.closest("script, style, .hidden, .skip")) continue;
      const { color, fontSize, fontWeight } = getComputedStyle(one);
      const [low, high] = [light(color), light(ground(one))].sort((a, b) => a - b);
      const is_large = parseFloat(fontSize) >= (Number(fontWeight) >= 700 ? 18.66 : 24);
      const contrast = (high + 0.05) / (low + 0.05);
      if (contrast < (is_large ? 3 : 4.5)) found.push(`${contrast.toFixed(2)} ${own[0].data.trim()}`);
    }
    return found.join("\n");
  })())");
}

void viewed_page::type_question(const std::string& address) {
  for (int i = 0; browser_.evaluate("document.activeElement.id") != "address"; ++i) {
    if (i == tabs_max) throw std::runtime_error("Tab does not lead to the field");
    browser_.type(browser::tab);
  }
  browser_.evaluate("document.activeElement.select()");
  browser_.type(address);
  browser_.type(browser::enter);
}

void viewed_page::ask(const std::string& address) {
  type_question(address);
  browser_.wait_until("document.querySelector('.verdict')?.textContent.includes(" +
                      quoted(address) + ") ?? false");
}

std::string viewed_page::keep_screenshot(const std::string& name) {
  const auto to = std::filesystem::path(CBV_E2E_SCREENSHOTS) / (name + ".png");
  browser_.save_screenshot(to);
  return to.string();
}

}  // namespace cbv::e2e
