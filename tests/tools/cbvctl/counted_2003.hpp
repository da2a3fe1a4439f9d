// The table of 2003, as `stats` would have answered it.
#ifndef CBV_TESTS_TOOLS_CBVCTL_COUNTED_2003_HPP
#define CBV_TESTS_TOOLS_CBVCTL_COUNTED_2003_HPP

#include <string>

#include "api/stats_writer.hpp"
#include "api/verdict_json.hpp"

namespace cbv::ctl {

inline wall_time at(const char* text) {
  return api::parse_rfc3339(text).value_or(wall_time{});
}

inline counted_period month_of_2003(const char* from, const char* to, role_counters counted) {
  counted.callouts = counted.calls - counted.skips;  // there was no cache
  return {at(from), at(to), {}, counted};
}

inline history_answer counted_2003() {
  history_answer made;
  made.from = at("2003-11-01T00:00:00Z");
  made.to = at("2004-02-01T00:00:00Z");
  made.counted_since = at("2003-11-24T15:00:00Z");
  role_counters november;
  november.calls = 6834;
  november.skips = 4204;
  november.bad_domain = 323;
  november.bad_connects = 583;
  november.sessions = 1981;
  november.refused_welcome = 12;
  november.refused_helo = 1;
  november.refused_mail_from = 129;
  november.refused_rcpt_to = 1060;
  role_counters december;
  december.calls = 47782;
  december.skips = 19615;
  december.bad_domain = 2808;
  december.no_mx = 829;
  december.bad_connects = 6749;
  december.sessions = 20125;
  december.refused_welcome = 350;
  december.refused_noop = 1012;
  december.refused_helo = 5;
  december.refused_mail_from = 885;
  december.refused_rcpt_to = 15374;
  role_counters january;
  january.calls = 4972;
  january.skips = 3864;
  january.bad_domain = 218;
  january.no_mx = 103;
  january.bad_connects = 247;
  january.sessions = 843;
  january.refused_welcome = 11;
  january.refused_noop = 49;
  january.refused_mail_from = 25;
  january.refused_rcpt_to = 785;
  made.periods = {month_of_2003("2003-11-01T00:00:00Z", "2003-12-01T00:00:00Z", november),
                  month_of_2003("2003-12-01T00:00:00Z", "2004-01-01T00:00:00Z", december),
                  month_of_2003("2004-01-01T00:00:00Z", "2004-02-01T00:00:00Z", january)};
  for (const counted_period& one : made.periods) {
    for (const funnel_step& step : funnel_steps)
      made.sum.recipient.*step.count += one.recipient.*step.count;
  }
  return made;
}

inline std::string stats_of_2003() {
  return api::render_stats(counted_2003(), span::month, {}, at("2004-01-20T00:00:00Z"));
}

}  // namespace cbv::ctl

#endif
