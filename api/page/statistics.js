
// What the daemon counted, as charts and tables.

// The counters in the order of the table of 2003, each with what it is a share of.
const funnel = [
  { key: "calls", note: "questions answered", head: true },
  { key: "skips", of: "calls", note: "not asked, by the rules" },
  { key: "cached", of: "calls", note: "from memory" },
  { key: "local", of: "calls", note: "from the address itself or a table" },
  { key: "joined", of: "calls", note: "waited for a callout that ran already" },
  { key: "asked", of: "calls", note: "had a callout begun" },
  { key: "callouts", note: "ended, whoever began them", head: true },
  { key: "refreshes", of: "callouts", note: "behind an answer from memory", minor: true },
  { key: "re_probes", of: "callouts", note: "booked, after greylisting", minor: true },
  { key: "bad_domain", of: "callouts", colour: "bad", note: "the domain takes no mail, by the DNS" },
  { key: "no_mx", of: "callouts", note: "without MX, tried at its address" },
  { key: "bad_connects", colour: "bad", note: "connections that failed" },
  { key: "sessions", note: "connections made", head: true },
  { key: "refused_welcome", of: "sessions", colour: "bad", note: "refused in the greeting" },
  { key: "refused_noop", of: "sessions", colour: "bad", note: "refused NOOP" },
  { key: "refused_helo", of: "sessions", colour: "bad", note: "refused EHLO and HELO" },
  { key: "refused_mail_from", of: "sessions", colour: "bad", note: "refused or deferred MAIL FROM" },
  { key: "refused_rcpt_to", of: "sessions", colour: "bad", note: "refused RCPT TO" },
  { key: "deferred", of: "sessions", colour: "warn", note: "deferred RCPT TO" },
  { key: "accepted", of: "sessions", colour: "good", note: "took RCPT TO" },
];

const status_colours = { deliverable: "good", undeliverable: "bad", unknown: "warn" };
const advices = ["accept", "defer", "reject"];
const latencies = [["hits", "without a callout"], ["dns", "DNS look-ups"], ["callouts", "callouts"]];
const reasons_in_chart = 12;

/// Numbers summed member by member. Shares are not summed but made of the sums.
function summed(one, other) {
  const sum = {};
  for (const key of new Set([...Object.keys(one ?? {}), ...Object.keys(other ?? {})])) {
    const left = one?.[key];
    const right = other?.[key];
    if (key === "shares") continue;
    if (is_number(left) || is_number(right)) sum[key] = (left ?? 0) + (right ?? 0);
    else sum[key] = summed(left, right);
  }
  return sum;
}

/// What was counted in `from`, the whole or one of its periods, for a role or for both.
function counted_for(role, from) {
  return role === "both" ? summed(from.sender, from.recipient) : from[role] ?? {};
}

class statistics_view {
  #rate;
  #funnel;
  #reasons;
  #latency;

  constructor() {
    set_chart_defaults();
    this.#rate = make_rate_chart(by_id("rate-chart"));
    this.#funnel = make_bar_chart(by_id("funnel-chart"));
    this.#reasons = make_bar_chart(by_id("reasons-chart"));
    this.#latency = make_latency_chart(by_id("latency-chart"));
  }

  /// `counted` is a result of `stats`, by whatever period; members that are missing are dashes.
  show(counted, role) {
    const sums = counted_for(role, counted);
    this.#show_covered(counted);
    this.#show_glance(sums, counted.now ?? {});
    this.#show_rate(counted.periods ?? [], counted.by, role);
    this.#show_funnel(sums);
    this.#show_reasons(sums);
    this.#show_advice(sums);
    this.#show_decisions(counted.decisions ?? {});
    this.#show_latency(counted.latency ?? {});
    for (const list of ["domains", "hosts", "clients"]) this.#show_top(list, counted.top?.[list] ?? []);
  }

  #show_covered({ from, to, counted_since }) {
    const parts = [];
    if (from && to) parts.push(`${moment(from)} to ${moment(to)}`);
    if (counted_since) parts.push(`counted since ${moment(counted_since)}`);
    set_text(by_id("covered"), parts.join("; "));
  }

  #show_glance(sums, now) {
    const { calls, by_status = {} } = sums;
    const a_second = sums.per_second?.calls;
    const tiles = [
      ["Calls", short(calls), is_number(a_second) ? `${digits_format.format(a_second)} a second` : "answered"],
      ["Undeliverable", percent(share_of(by_status.undeliverable, calls)), `${whole(by_status.undeliverable)} answers`],
      ["From memory", percent(share_of(sums.cached, calls)), `${whole(sums.cached)} answers`],
      ["Refused at RCPT TO", percent(share_of(sums.refused_rcpt_to, sums.sessions)), `of ${whole(sums.sessions)} sessions`],
      ["Callouts now", whole(now.callouts), `${whole(now.callouts_waiting)} waiting`],
    ];
    const list = by_id("glance");
    if (list.children.length !== tiles.length) {
      list.replaceChildren(...tiles.map(() => element("div", {}, element("dt"), element("dd"), element("dd"))));
    }
    tiles.forEach((texts, at) => texts.forEach((text, part) => set_text(list.children[at].children[part], text)));
  }

  #show_rate(periods, by, role) {
    const format = period_formats[by] ?? period_formats.day;
    const rows = periods.map((one) => {
      const { calls, by_status } = counted_for(role, one);
      const undeliverable = by_status?.undeliverable;
      return { from: one.from, calls, undeliverable, rate: share_of(undeliverable, calls) };
    });
    this.#rate.show({
      labels: rows.map(({ from }) => written(from, format.axis)),
      datasets: [
        {
          type: "line", label: "undeliverable", yAxisID: "rate", data: rows.map(({ rate }) => rate), order: 0,
          borderColor: "bad", backgroundColor: "bad", pointBackgroundColor: "bad",
          borderWidth: 2, pointRadius: rows.length > 40 ? 0 : 2.5,
        },
        { label: "calls", yAxisID: "calls", data: rows.map(({ calls }) => calls), order: 1, backgroundColor: "calls" },
      ],
    });
    fill_table(by_id("rate-table"), rows.map(({ from, calls, undeliverable, rate }) => ({
      cells: [written(from, format.whole), whole(calls), whole(undeliverable), percent(rate)],
    })).reverse(), 4, "Nothing is kept of this time.");
  }

  #show_funnel(sums) {
    fill_table(by_id("funnel-table"), funnel.map(({ key, of, note, head }) => ({
      name: head ? "head" : "",
      cells: [
        { text: key, small: note }, whole(sums[key]),
        of ? { text: percent(share_of(sums[key], sums[of])), small: `of ${of}` } : "",
      ],
    })), 3, "");
    const bars = funnel.filter(({ minor }) => !minor);
    this.#funnel.show({
      labels: bars.map(({ key }) => key),
      datasets: [{
        data: bars.map(({ key }) => sums[key] ?? 0),
        backgroundColor: bars.map(({ colour: named }) => named ?? "calls"),
      }],
    });
  }

  #show_reasons({ by_reason = {}, calls }) {
    const found = Object.entries(by_reason).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
    fill_table(by_id("reasons-table"), found.map(([reason, count]) => ({
      cells: [{ text: spaced(reason), small: status_for(reason) }, whole(count), percent(share_of(count, calls))],
    })), 3, "No answers yet.");
    const shown = found.slice(0, reasons_in_chart);
    this.#reasons.show({
      labels: shown.map(([reason]) => spaced(reason)),
      datasets: [{
        data: shown.map(([, count]) => count),
        backgroundColor: shown.map(([reason]) => status_colours[status_for(reason)]),
      }],
    });
  }

  #show_advice({ advice = {} }) {
    const all = advices.reduce((sum, one) => sum + (advice[one] ?? 0), 0);
    fill_table(by_id("advice-table"), advices.map((one) => ({
      cells: [one, whole(advice[one]), percent(share_of(advice[one], all))],
    })), 3, "");
  }

  #show_decisions(decisions) {
    const made = Object.entries(decisions).filter(([, actions]) => advices.some((one) => actions[one] > 0));
    fill_table(by_id("decisions-table"), made.map(([check, actions]) => ({
      cells: [check === "none" ? "none objected" : check, ...advices.map((one) => whole(actions[one] ?? 0))],
    })), 4, "No envelopes yet.");
  }

  #show_latency(latency) {
    fill_table(by_id("latency-table"), latencies.map(([key, name]) => {
      const { count, p50_ms, p90_ms, p99_ms } = latency[key] ?? {};
      return { cells: [{ text: name, small: `of ${whole(count)}` }, ...[p50_ms, p90_ms, p99_ms].map(milliseconds)] };
    }), 4, "");
    this.#latency.show({
      labels: latencies.map(([, name]) => name),
      datasets: [["p50", "good"], ["p90", "calls"], ["p99", "warn"]].map(([label, named]) => ({
        label, backgroundColor: named, data: latencies.map(([key]) => latency[key]?.[`${label}_ms`] ?? null),
      })),
    });
  }

  #show_top(list, found) {
    const most = Math.max(1, ...found.map(({ count }) => count));
    fill_table(by_id(`${list}-table`), found.map(({ name, count, error }) => ({
      share: count / most,
      cells: [name, error > 0 ? { text: whole(count), small: `at least ${whole(count - error)}` } : whole(count)],
    })), 2, "None.");
  }
}

/// How the daemon is at this moment: `now` of `stats`, and the results of `health` and of `cache_list` of
/// hosts, null if this listener does not allow them.
function show_health(now, health, hosts) {
  const is_trouble = ([what, text]) => (what === "Cache" || what === "History") && text !== "ok" && text !== nothing;
  const rows = [
    ["Cache", health ? health.store_detail ?? health.store : nothing],
    ["History", now.history ?? nothing],
    ["Overloaded", health ? (health.overloaded ? "yes: misses are busy" : "no") : nothing],
    ["Callouts", `${whole(now.callouts ?? health?.callouts)}, ${whole(now.callouts_waiting ?? health?.callouts_waiting)} waiting`],
    ["SMTP sessions", whole(now.sessions)],
    ["Breakers open", whole(now.breakers_open)],
    ["Clients", whole(now.clients)],
    ["Cache records", `${whole(now.cache_records)}, ${whole(now.cache_queued)} on their way to the disk`],
    ["Cache size", octets(now.cache_octets)],
    ["Up for", duration(now.uptime_s ?? health?.uptime_s)],
  ];
  fill_table(by_id("health-table"), rows.map((cells) => ({ cells, name: is_trouble(cells) ? "trouble" : "" })), 2, "");
  show_breakers(hosts);
}

function show_breakers(hosts) {
  const now = Date.parse(hosts?.now ?? "");
  const held = (hosts?.records ?? []).flatMap((host) => ["refused", "unreachable"]
    .filter((kind) => host[kind] && Date.parse(host[kind].until) > now)
    .map((kind) => ({ host: host.host_ip, kind, ...host[kind] })));
  fill_table(by_id("breakers-table"), held.map(({ host, kind, said, until, in_a_row }) => ({
    cells: [
      host,
      { text: said || spaced(kind), small: `${spaced(kind)}, ${whole(in_a_row)} in a row` },
      written(until, moment_format),
    ],
  })), 3, hosts ? "None is open." : "This listener does not tell.");
}
