#include "api/http_message.hpp"

#include <array>
#include <cstdio>

namespace cbv::api {
namespace {

// RFC 9110 section 15, those that are said here.
std::string_view reason_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

}  // namespace

http_answer http_refusal(unsigned status, std::string_view detail) {
  http_answer made;
  made.status = status;
  made.content_type = "text/plain; charset=utf-8";
  made.body = std::string(reason_of(status)) + '\n';
  if (!detail.empty()) made.body.insert(made.body.size() - 1, ": " + std::string(detail));
  return made;
}

std::string render_http(const http_answer& given, const http_request& to, bool keep_alive,
                        wall_time now) {
  const bool stays = keep_alive && to.keep_alive && !given.last;
  const bool has_body = given.status != 204;
  std::string out = "HTTP/1.1 " + std::to_string(given.status) + ' ';
  out.append(reason_of(given.status)).append("\r\nDate: ").append(http_date(now)).append("\r\n");
  if (has_body) {
    out += "Content-Type: " + given.content_type +
           "\r\nContent-Length: " + std::to_string(given.body.size()) + "\r\n";
  }
  // What is true now is not to be shown later.
  out += "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n" + given.header;
  if (!stays) {
    out += "Connection: close\r\n";
  } else if (to.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
  if (has_body && to.method != "HEAD") out += given.body;
  return out;
}

std::string http_date(wall_time time) {
  using namespace std::chrono;
  constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_days day = floor<std::chrono::days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  const int count = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d GMT",
      days[weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(count)};
}

}  // namespace cbv::api
