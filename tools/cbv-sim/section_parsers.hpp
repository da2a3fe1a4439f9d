// The parsers of a world's sections, a line at a time. All throw complaint.
#ifndef CBV_TOOLS_CBV_SIM_SECTION_PARSERS_HPP
#define CBV_TOOLS_CBV_SIM_SECTION_PARSERS_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tools/cbv-sim/host.hpp"
#include "tools/cbv-sim/reader.hpp"
#include "tools/cbv-sim/zone.hpp"

namespace cbv::sim {

/// Reads the lines of a section `zone`.
class zone_parser {
 public:
  explicit zone_parser(zone& into) : zone_(into) {}
  void read_line(const text_line& line);

 private:
  zone& zone_;
  std::uint32_t default_ttl_ = 300;
};

/// Reads the heading and the lines of a section `host` or `hosts`.
class host_parser {
 public:
  /// `heading` has the word host or hosts in its first field.
  explicit host_parser(const text_line& heading);
  void read_line(const text_line& line);

  /// The host, when all its lines were read.
  host finish();

 private:
  bool read_script_line(const text_line& line);
  script_step& add_step(script_step step);

  host host_;
  bool has_settings_ = false;
};

/// Throws complaint unless `words` has between `least` and `most` words behind the first; `usage`
/// says what was expected.
void expect_words(const std::vector<field>& words, std::size_t least, std::size_t most,
                  std::string_view usage);

}  // namespace cbv::sim

#endif
