#include "api/stats_desk.hpp"

#include "api/stats_writer.hpp"

namespace cbv::api {

awaitable<looked_back> look_back(backend& behind, history_question asked, const clock& time) {
  looked_back made;
  const wall_time now = time.wall_now();
  if (asked.from) made.refused = why_too_long(asked, *asked.from, now);
  if (!made.refused.empty()) co_return made;
  const history_answer found = co_await behind.look_back(asked);
  if (found.periods.size() > longest_history) made.refused = why_too_long(asked, found.from, now);
  if (!made.refused.empty()) co_return made;
  const health_facts facts = co_await behind.health();
  made.result = render_stats(found, asked.by, facts, time.wall_now());
  co_return made;
}

}  // namespace cbv::api
