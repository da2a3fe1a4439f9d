
// The field to ask for an address, and its verdict.

const stage_names = {
  syntax: "the address itself", policy: "our own rules", table: "a table of recipients", dns: "the DNS",
  connect: "connecting", greeting: "the greeting", ehlo: "EHLO", starttls: "STARTTLS", mail: "MAIL FROM", rcpt: "RCPT TO",
};

function reply_text({ code, enhanced, text }) {
  return [code, enhanced, text].filter((part) => part !== null && part !== undefined && part !== "").join(" ");
}

function catch_all_text(takes_all) {
  if (takes_all === null) return "not tested";
  return takes_all ? "yes, the host takes any local-part" : "no";
}

function tls_text(tls) {
  if (!tls) return "in clear";
  return `${tls.protocol}, certificate ${tls.verified ? "verified" : "not verified"}`;
}

/// Name and text of all that a verdict tells; `fixed` are words that were said on the wire.
function evidence(verdict) {
  const { host, host_ip, reply, advice, detail } = verdict;
  const rows = [["Decided at", stage_names[verdict.stage] ?? spaced(verdict.stage)], ["From", verdict.source]];
  if (host || host_ip) rows.push(["Host", host_ip ? `${host ?? "without a name"} (${host_ip})` : host]);
  if (reply) rows.push(["Its reply", reply_text(reply), "fixed"]);
  if (detail) rows.push(["Detail", detail]);
  if (advice) rows.push(["Advice", `${advice.action}: ${reply_text(advice)}`]);
  if (host || host_ip) {
    rows.push(["Catch-all", catch_all_text(verdict.catch_all)], ["TLS", tls_text(verdict.tls)]);
  }
  for (const [key, name] of [["checked_at", "Found out"], ["refresh_at", "Asked again"], ["expires_at", "Forgotten"]]) {
    if (verdict[key]) rows.push([name, moment(verdict[key])]);
  }
  rows.push(["Took", milliseconds(verdict.elapsed_ms)]);
  return rows;
}

function verdict_element(verdict, role) {
  const list = element("dl");
  for (const [name, text, kind] of evidence(verdict)) {
    const shown = element("bdi", {}, text);
    list.append(element("dt", {}, name), element("dd", {}, kind === "fixed" ? element("code", {}, shown) : shown));
  }
  return element("div", { class: "verdict", "data-status": verdict.status },
    element("h3", {}, verdict.status, element("span", {}, `: ${spaced(verdict.reason)}`)),
    element("p", { class: "quiet" }, element("bdi", {}, verdict.address), `, as a ${role}`),
    list);
}

function error_element(title, text) {
  return element("div", { class: "verdict", "data-status": "error" },
    element("h3", {}, title), element("p", {}, element("bdi", {}, text)));
}

class question_form {
  #daemon;
  #asking = false;

  constructor(asked) {
    this.#daemon = asked;
    by_id("ask-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#ask();
    });
  }

  async #ask() {
    const field = by_id("address");
    const address = field.value.trim();
    const role = document.querySelector("input[name=ask-role]:checked").value;
    field.setAttribute("aria-invalid", String(address === ""));
    if (address === "") {
      this.#show(error_element("Nothing was asked", "Type an address, such as bob@example.org."));
      field.focus();
      return;
    }
    if (this.#asking) return;
    this.#set_asking(true);
    this.#show(element("p", { class: "quiet" }, "asking about ", element("bdi", {}, address), " …"));
    try {
      this.#show(verdict_element(await this.#daemon.verify(role, address, by_id("fresh").checked), role));
    } catch (failed) {
      this.#show(error_element("No verdict", failed.status === 401 ? "The token is missing or wrong." : failed.message));
    } finally {
      this.#set_asking(false);
    }
  }

  #set_asking(now) {
    this.#asking = now;
    by_id("ask-button").setAttribute("aria-disabled", String(now));
    by_id("verdict").setAttribute("aria-busy", String(now));
  }

  #show(shown) {
    by_id("verdict").replaceChildren(shown);
  }
}
