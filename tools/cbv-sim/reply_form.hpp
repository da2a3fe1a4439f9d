// Replies as a world has them, and what a host sends in their place when it misbehaves.
#ifndef CBV_TOOLS_CBV_SIM_REPLY_FORM_HPP
#define CBV_TOOLS_CBV_SIM_REPLY_FORM_HPP

#include <string>
#include <string_view>

namespace cbv::sim {

/// What {address}, {client}, {helo}, {host} and {seconds} stand for.
struct reply_values {
  std::string_view address;
  std::string client;
  std::string_view helo;
  std::string_view host;
  std::string seconds;
};

/// `form` with its placeholders filled in; other braces stay. What is filled in is not looked
/// through again, since the client chose some of it.
std::string fill_in(std::string_view form, const reply_values& values);

/// A reply with line feeds between its lines, as it goes over the wire: the code before each line,
/// with a hyphen but for the last.
std::string wire_lines(std::string_view text);

/// 1026 octets: every octet there is, four times, and a line end.
std::string binary_noise();

/// A piece of a reply that never ends: lines with this code, or no line end at all.
std::string endless_lines(std::string_view code);
std::string endless_line();

}  // namespace cbv::sim

#endif
