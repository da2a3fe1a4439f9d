
// The page as a whole: what is chosen, and asking for it again and again.

const pause_ms = 5_000;
const pause_max_ms = 60_000;

const hour_ms = 3_600_000;
const day_ms = 24 * hour_ms;

/// What `stats` is asked for a period: from the beginning of its first hour, day or month.
const periods = {
  day: (now) => ({ by: "hour", from: `${new Date(now - 23 * hour_ms).toISOString().slice(0, 13)}:00:00Z` }),
  month: (now) => ({ by: "day", from: new Date(now - 29 * day_ms).toISOString().slice(0, 10) }),
  year: (now) => {
    const today = new Date(now);
    return { by: "month", from: new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 11)).toISOString().slice(0, 7) };
  },
  all: () => ({ by: "month" }),
};

class live_page {
  #daemon = new daemon();
  #view = new statistics_view();
  #counted = null;
  #timer = 0;
  #failures = 0;
  #round = 0;

  constructor() {
    new question_form(this.#daemon);
    this.#choose_what_the_address_says();
    by_id("chooser").addEventListener("change", ({ target }) => {
      this.#say_in_the_address();
      if (target.name === "role" && this.#counted) this.#view.show(this.#counted, this.#chosen("role"));
      else this.#refresh();
    });
    by_id("token-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#daemon.token = by_id("token").value;
      by_id("token").value = "";
      this.#refresh();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) clearTimeout(this.#timer);
      else this.#refresh();
    });
    this.#refresh();
  }

  // The choice stands behind the # of the page's address, so that it can be bookmarked.
  #choose_what_the_address_says() {
    for (const [name, value] of new URLSearchParams(location.hash.slice(1))) {
      const all = document.querySelectorAll("#chooser input");
      for (const one of all) if (one.name === name && one.value === value) one.checked = true;
    }
  }

  #say_in_the_address() {
    const chosen = new URLSearchParams(new FormData(by_id("chooser")));
    history.replaceState(null, "", `#${chosen}`);
  }

  #chosen(name) {
    return document.querySelector(`#chooser input[name=${name}]:checked`).value;
  }

  /// Asks and shows, then books the next time. Of several rounds under way the last one counts.
  async #refresh() {
    clearTimeout(this.#timer);
    this.#round += 1;
    const round = this.#round;
    try {
      const counted = await this.#daemon.statistics(periods[this.#chosen("period")](Date.now()));
      const [health, version, hosts] = await this.#daemon.call_all([
        ["health", {}], ["version", {}], ["cache_list", { table: "hosts", limit: 100 }],
      ]);
      if (round !== this.#round) return;
      this.#counted = counted;
      this.#view.show(counted, this.#chosen("role"));
      show_health(counted.now ?? {}, health, hosts);
      if (version) set_text(by_id("version"), `${version.name} ${version.version}`);
      this.#answered();
    } catch (failed) {
      if (round !== this.#round) return;
      if (!(failed instanceof refusal)) throw failed;
      if (failed.status === 401) this.#locked();
      else this.#lost(failed.message);
    }
  }

  #answered() {
    this.#failures = 0;
    this.#show_lock(false);
    this.#tell("live", "live", `at ${clock_format.format(Date.now())} UTC`);
    this.#book(pause_ms);
  }

  #lost(why) {
    this.#failures += 1;
    const pause = Math.min(pause_ms * 2 ** (this.#failures - 1), pause_max_ms);
    this.#tell("lost", `cbvd does not answer: ${why}`, `next try in ${whole(pause / 1000)} s`);
    this.#book(pause);
  }

  /// Nothing is asked again until there is a token: each wrong one costs a connection and a log line.
  #locked() {
    if (this.#daemon.has_token) {
      set_text(by_id("token-text"), "This is not the token of this listener.");
      this.#daemon.token = "";
    }
    this.#show_lock(true);
    by_id("token").focus();
    this.#tell("locked", "a token is wanted", "");
  }

  #show_lock(locked) {
    by_id("token-form").hidden = !locked;
    for (const part of ["ask", "main"]) by_id(part).hidden = locked;
  }

  #tell(state, text, time) {
    by_id("state").dataset.state = state;
    set_text(by_id("state-text"), text);
    set_text(by_id("state-time"), time);
  }

  #book(after_ms) {
    if (!document.hidden) this.#timer = setTimeout(() => this.#refresh(), after_ms);
  }
}

new live_page();
