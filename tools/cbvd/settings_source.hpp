// Where the settings come from, and what of them can be taken over while the daemon runs.
#ifndef CBV_TOOLS_CBVD_SETTINGS_SOURCE_HPP
#define CBV_TOOLS_CBVD_SETTINGS_SOURCE_HPP

#include <optional>
#include <string>
#include <vector>

#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

/// What came of reading a settings file.
struct loaded_settings {
  std::optional<settings> read;    // nothing: see `wrong`
  std::vector<std::string> wrong;  // each with file, line and column where there are any
  std::string text;                // of the file
};

/// A settings file, to be read at the start and again.
struct settings_source {
  std::string file;
  bool may_be_missing = false;  // then the defaults are meant

  loaded_settings load() const;
};

/// Takes over into `present` what can change while the daemon runs: [log] level, [server] but its
/// threads, [advice], [[advice.rule]], [callbacks], [callout] but what the cache and the TLS of
/// callouts have of it, [[route]], [[reply_rule]], dns.cache, and of [policy_service], [socketmap]
/// and [http] all but where they listen.
void take_over(settings& present, const settings& next);

/// The keys of `next` that are not so in `present`, in the order of the manual. Of lists of tables
/// that are not taken over the texts are compared.
std::vector<std::string> differing_keys(settings present, settings next,
                                        const std::string& present_text,
                                        const std::string& next_text);

}  // namespace cbv::cbvd

#endif
