#include "api/judgement_writer.hpp"

#include "api/json_writer.hpp"
#include "api/verdict_writer.hpp"

namespace cbv::api {
namespace {

void write_advice(json_writer& json, std::string_view name, const advice& given) {
  json.key(name);
  json.begin_object();
  json.key("action");
  json.text(to_string(given.action));
  json.key("code");
  json.number(given.code);
  json.key("enhanced");
  json.text(given.enhanced);
  json.key("text");
  json.text(given.text);
  json.end_object();
}

void write_check(json_writer& json, const envelope::check_made& one) {
  json.begin_object();
  json.key("check");
  json.text(to_string(one.which));
  json.key("outcome");
  json.text(to_string(one.outcome));
  json.key("evidence");
  json.text_or_null(one.evidence);
  json.key("ms");
  json.number(one.cost.count());
  json.end_object();
}

void write_path(json_writer& json, std::string_view name, std::string_view address,
                const std::optional<verdict>& found, role side, const advice_options& by) {
  json.key(name);
  if (!found) return json.null();
  json.raw(render_verdict(address, *found, advise(*found, side, by)));
}

}  // namespace

std::string render_judgement(const envelope::judgement& made, std::string_view sender,
                             std::string_view recipient, const advice_options& by) {
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("id");
  json.text(made.id);
  write_advice(json, "advice", made.given);
  write_advice(json, "enforced", made.meant);
  json.key("decided_by");
  json.text_or_null(made.decided_by ? to_string(*made.decided_by) : std::string_view());
  json.key("pending");
  json.boolean(made.is_pending);
  json.key("checks");
  json.begin_array();
  for (const envelope::check_made& one : made.made) write_check(json, one);
  json.end_array();
  write_path(json, "sender", sender, made.sender, role::sender, by);
  write_path(json, "recipient", recipient, made.recipient, role::recipient, by);
  json.key("elapsed_ms");
  json.number(made.elapsed.count());
  json.end_object();
  return out;
}

}  // namespace cbv::api
