
// How numbers, times and cbv's words are written. Whatever is not there is a dash.

const locale = "en-GB";
const nothing = "–";

const whole_format = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 });
const short_format = new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 });
const digits_format = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
const percent_format = new Intl.NumberFormat(locale, {
  style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 2,
});

function is_number(value) {
  return typeof value === "number" && Number.isFinite(value);
}

function whole(value) {
  return is_number(value) ? whole_format.format(value) : nothing;
}

function short(value) {
  return is_number(value) ? short_format.format(value) : nothing;
}

/// A share of 0 to 1 as percent.
function percent(share) {
  return is_number(share) ? percent_format.format(share) : nothing;
}

function share_of(part, all) {
  return is_number(part) && is_number(all) && all > 0 ? part / all : null;
}

function with_unit(value, unit) {
  return `${digits_format.format(value)} ${unit}`;
}

function milliseconds(value) {
  if (!is_number(value)) return nothing;
  if (value >= 1000) return with_unit(value / 1000, "s");
  return value > 0 && value < 0.1 ? with_unit(value * 1000, "µs") : with_unit(value, "ms");
}

function octets(value) {
  if (!is_number(value)) return nothing;
  const units = ["octets", "kB", "MB", "GB", "TB"];
  let at = 0;
  while (value >= 1000 && at + 1 < units.length) {
    value /= 1000;
    at += 1;
  }
  return with_unit(value, units[at]);
}

/// The two largest of days, hours, minutes, seconds.
function duration(seconds) {
  if (!is_number(seconds)) return nothing;
  const parts = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]]
    .map(([name, size], at, all) => [name, Math.floor((at === 0 ? seconds : seconds % all[at - 1][1]) / size)]);
  const first = parts.findIndex(([, many]) => many > 0);
  return parts.slice(first).slice(0, 2).map(([name, many]) => `${many} ${name}`).join(" ");
}

function date_format(fields) {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", hourCycle: "h23", ...fields });
}

const minute_fields = { hour: "2-digit", minute: "2-digit" };
const moment_format = date_format({
  day: "numeric", month: "short", year: "numeric", ...minute_fields, second: "2-digit",
});
const clock_format = date_format({ ...minute_fields, second: "2-digit" });
const period_formats = {
  hour: { axis: date_format(minute_fields), whole: date_format({ day: "numeric", month: "short", year: "numeric", ...minute_fields }) },
  day: { axis: date_format({ day: "numeric", month: "short" }), whole: date_format({ day: "numeric", month: "short", year: "numeric" }) },
  month: { axis: date_format({ month: "short", year: "2-digit" }), whole: date_format({ month: "long", year: "numeric" }) },
};

/// A time of RFC 3339, by a format of the above.
function written(time, format) {
  const at = Date.parse(time ?? "");
  return Number.isNaN(at) ? nothing : format.format(at);
}

function moment(time) {
  const text = written(time, moment_format);
  return text === nothing ? text : `${text} UTC`;
}

/// "mailbox_not_found" as people write it.
function spaced(word) {
  return String(word).replaceAll("_", " ");
}

// The status of each reason that has one for certain (api/PROTOCOL.md); all others are unknown.
const status_of_reason = new Map([
  ...["accepted", "catch_all", "in_table"].map((one) => [one, "deliverable"]),
  ...["syntax", "domain_not_found", "null_mx", "no_mail_host", "mx_unusable", "host_takes_no_mail",
    "mailbox_not_found", "mailbox_disabled", "mailbox_moved", "null_sender_refused", "not_in_table",
  ].map((one) => [one, "undeliverable"]),
]);

function status_for(reason) {
  return status_of_reason.get(reason) ?? "unknown";
}
