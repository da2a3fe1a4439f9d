#include "tests/e2e/browser.hpp"

#include <openssl/evp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <iostream>
#include <istream>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "cbv/base/ascii.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

namespace asio = boost::asio;
using nlohmann::json;

constexpr auto longest_wait = std::chrono::seconds(60);  // for an answer of chromedriver

json arguments(const std::filesystem::path& profile) {
  json made = {"--headless=new", "--user-data-dir=" + profile.string(), "--lang=en-GB",
               "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
               "--disable-component-update", "--disable-sync", "--no-first-run",
               "--no-default-browser-check", "--hide-scrollbars", "--window-size=1280,900",
               "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.*",
               // Ends by itself when chromedriver is gone, however that went.
               "--remote-debugging-pipe"};
  if (::geteuid() == 0) made.push_back("--no-sandbox");
  return made;
}

json capabilities(const std::filesystem::path& profile) {
  const json options = {{"args", arguments(profile)}};
  const json wanted = {{"browserName", "chrome"},
                       {"goog:chromeOptions", options},
                       {"goog:loggingPrefs", {{"browser", "ALL"}}}};
  return {{"capabilities", {{"alwaysMatch", wanted}}}};
}

/// The port in "ChromeDriver was started successfully on port 12345."; 0 if that is not said yet.
std::uint16_t port_in(const std::string& log) {
  constexpr std::string_view words = "successfully on port ";
  const auto at = log.find(words);
  if (at == log.npos || log.find('.', at) == log.npos) return 0;
  return static_cast<std::uint16_t>(std::stoi(log.substr(at + words.size())));
}

std::string decoded(std::string base64) {
  std::string octets(base64.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(octets.data()),
                                   reinterpret_cast<const unsigned char*>(base64.data()),
                                   static_cast<int>(base64.size()));
  if (size < 0) throw std::runtime_error("chromedriver: not base64");
  const auto padding = std::count(base64.begin(), base64.end(), '=');
  octets.resize(static_cast<std::size_t>(size - padding));
  return octets;
}

/// Chromedriver leaves the connection open: what it says of the length counts.
std::string body_of_answer(std::istream& from) {
  constexpr std::string_view field = "content-length:";
  std::size_t length = 0;
  for (std::string line; std::getline(from, line) && line != "\r";) {
    if (ascii::iequals(std::string_view(line).substr(0, field.size()), field))
      length = std::stoul(line.substr(field.size()));
  }
  std::string body(length, '\0');
  from.read(body.data(), static_cast<std::streamsize>(length));
  return body;
}

/// The keys of a UTF-8 text, one by one.
std::vector<std::string> keys_of(std::string_view text) {
  std::vector<std::string> keys;
  for (const char octet : text) {
    const bool goes_on = (static_cast<unsigned char>(octet) & 0xC0U) == 0x80U;
    if (goes_on && !keys.empty()) {
      keys.back() += octet;
    } else {
      keys.emplace_back(1, octet);
    }
  }
  return keys;
}

}  // namespace

browser::browser(const std::filesystem::path& folder) : log_(folder / "chromedriver.log") {
  // Its home is there as well: nothing of the user's is read or written.
  driver_ = std::make_unique<process>(
      std::vector<std::string>{"env", "HOME=" + folder.string(), "chromedriver", "--port=0"}, log_);
  wait_for("chromedriver to start", [this] {
    port_ = port_in(read_file(log_));
    return port_ != 0 || !driver_->running();
  });
  if (port_ == 0) {
    throw std::runtime_error(
        "chromedriver did not start (Debian 12: apt-get install chromium chromium-driver)\n" +
        read_file(log_));
  }
  const json made = json::parse(call("POST", "/session", capabilities(folder / "chromium").dump()));
  session_ = "/session/" + made.at("sessionId").get<std::string>();
  chromium_ = made.at("capabilities").value("goog:processID", 0);
}

browser::~browser() {
  try {
    quit();
  } catch (const std::exception& failed) {
    std::cerr << "the browser did not quit: " << failed.what() << '\n';
  }
  driver_.reset();
  // Its own leader, and ours to wait for once chromedriver is gone.
  if (chromium_ > 0 && ::kill(-chromium_, SIGKILL) == 0) ::waitpid(chromium_, nullptr, 0);
}

void browser::quit() {
  if (!session_.empty()) call("DELETE", session_);
}

void browser::open(const std::string& url) {
  call("POST", session_ + "/url", json{{"url", url}}.dump());
}

std::string browser::evaluate(const std::string& expression) {
  const json asked = {{"script", "return (" + expression + ");"}, {"args", json::array()}};
  const json value = json::parse(call("POST", session_ + "/execute/sync", asked.dump()));
  return value.is_string() ? value.get<std::string>() : value.dump();
}

void browser::wait_until(const std::string& expression) {
  wait_for(expression, [&] { return evaluate(expression) == "true"; });
}

void browser::type(std::string_view keys) {
  json strokes = json::array();
  for (const std::string& key : keys_of(keys)) {
    strokes.push_back({{"type", "keyDown"}, {"value", key}});
    strokes.push_back({{"type", "keyUp"}, {"value", key}});
  }
  const json keyboard = {{"type", "key"}, {"id", "keyboard"}, {"actions", strokes}};
  call("POST", session_ + "/actions", json{{"actions", json::array({keyboard})}}.dump());
}

void browser::set_colours(const std::string& scheme) {
  const json feature = {{"name", "prefers-color-scheme"}, {"value", scheme}};
  const json wanted = {{"features", json::array({feature})}};
  do_in_devtools("Emulation.setEmulatedMedia", wanted.dump());
}

void browser::resize(int width, int height) {
  const json wanted = {
      {"width", width}, {"height", height}, {"deviceScaleFactor", 1}, {"mobile", false}};
  do_in_devtools("Emulation.setDeviceMetricsOverride", wanted.dump());
}

void browser::save_screenshot(const std::filesystem::path& to) {
  const json size = json::parse(
      evaluate("[document.scrollingElement.scrollWidth, document.scrollingElement.scrollHeight]"));
  const json clip = {{"x", 0}, {"y", 0}, {"width", size[0]}, {"height", size[1]}, {"scale", 1}};
  const json wanted = {{"captureBeyondViewport", true}, {"clip", clip}};
  const json made = json::parse(do_in_devtools("Page.captureScreenshot", wanted.dump()));
  std::filesystem::create_directories(to.parent_path());
  write_file(to, decoded(made.at("data").get<std::string>()));
}

std::vector<std::string> browser::complaints() {
  const json wanted = {{"type", "browser"}};
  std::vector<std::string> found;
  for (const json& entry : json::parse(call("POST", session_ + "/se/log", wanted.dump()))) {
    const auto level = entry.at("level").get<std::string>();
    if (level == "SEVERE" || level == "WARNING")
      found.push_back(level + ": " + entry.at("message").get<std::string>());
  }
  return found;
}

std::string browser::do_in_devtools(const std::string& command, const std::string& parameters) {
  const json asked = {{"cmd", command}, {"params", json::parse(parameters)}};
  return call("POST", session_ + "/goog/cdp/execute", asked.dump());
}

std::string browser::call(const std::string& method, const std::string& path,
                          const std::string& body) {
  asio::ip::tcp::iostream server;
  server.expires_after(longest_wait);
  server.connect(asio::ip::tcp::endpoint(asio::ip::address_v4::loopback(), port_));
  server << method << ' ' << path << " HTTP/1.1\r\nHost: 127.0.0.1:" << port_
         << "\r\nContent-Type: application/json\r\nContent-Length: " << body.size() << "\r\n\r\n"
         << body << std::flush;
  const std::string answer = body_of_answer(server);
  if (!server)
    throw std::runtime_error("chromedriver: " + method + ' ' + path + ": " +
                             server.error().message());
  const json value = json::parse(answer).at("value");
  if (value.is_object() && value.contains("error"))
    throw std::runtime_error(value.value("error", "") + ": " + value.value("message", ""));
  return value.dump();
}

}  // namespace cbv::e2e
