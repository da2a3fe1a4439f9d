
// What is asked of the daemon, always of the one that sent this page.

const token_key = "cbv-token";
const statistics_patience_ms = 15_000;
const verdict_wait_ms = 30_000;  // the daemon's own limit
const verdict_patience_ms = verdict_wait_ms + 10_000;

/// Why there is no answer; `status` is that of HTTP, or 0 if there was none.
class refusal extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

class daemon {
  #token = "";

  constructor() {
    try {
      this.#token = sessionStorage.getItem(token_key) ?? "";
    } catch {
      // Without a storage it is asked for again in the next tab.
    }
  }

  get has_token() {
    return this.#token !== "";
  }

  set token(text) {
    this.#token = text;
    try {
      sessionStorage.setItem(token_key, text);
    } catch {
      // Likewise.
    }
  }

  /// `parameters` of `stats`: from, to, by.
  async statistics(parameters) {
    const asked = new URLSearchParams(parameters);
    return this.#fetch(`stats?${asked}`, {}, statistics_patience_ms);
  }

  /// Calls of JSON-RPC in one batch: [method, params]. The results in the same order; null for what
  /// was refused, as listeners may allow some methods only.
  async call_all(calls) {
    const batch = calls.map(([method, params], id) => ({ jsonrpc: "2.0", id, method, params }));
    const answers = await this.#post(batch, statistics_patience_ms);
    return batch.map(({ id }) => answers.find((one) => one.id === id)?.result ?? null);
  }

  /// A verdict. Throws a refusal with the daemon's words if it finds something wrong with the question.
  async verify(role, address, fresh) {
    const params = { address, fresh, wait_ms: verdict_wait_ms };
    const answer = await this.#post({ jsonrpc: "2.0", id: 1, method: `verify_${role}`, params }, verdict_patience_ms);
    if (answer.error) throw new refusal(answer.error.data ?? answer.error.message);
    return answer.result;
  }

  #post(message, patience_ms) {
    const headers = { "Content-Type": "application/json" };
    return this.#fetch("rpc", { method: "POST", headers, body: JSON.stringify(message) }, patience_ms);
  }

  async #fetch(path, options, patience_ms) {
    const headers = { ...options.headers };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    const ending = new AbortController();
    const clock = setTimeout(() => ending.abort(), patience_ms);
    try {
      const answer = await fetch(path, {
        ...options, headers, signal: ending.signal, cache: "no-store", credentials: "omit", redirect: "error",
      });
      if (!answer.ok) throw new refusal((await answer.text()).trim(), answer.status);
      return await answer.json();
    } catch (failed) {
      if (failed instanceof refusal) throw failed;
      throw new refusal(ending.signal.aborted ? "no answer in time" : "no answer");
    } finally {
      clearTimeout(clock);
    }
  }
}
