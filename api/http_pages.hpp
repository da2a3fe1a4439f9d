// What there is over HTTP, and what is said of it. Pure.
#ifndef CBV_API_HTTP_PAGES_HPP
#define CBV_API_HTTP_PAGES_HPP

#include <string>
#include <string_view>
#include <variant>

#include "api/health_facts.hpp"
#include "api/http_message.hpp"
#include "cbv/address/name_pattern.hpp"
#include "cbv/counting/counters.hpp"

namespace cbv::api {

/// `index` is the page for people. `rpc` takes JSON-RPC in POST; the others are there for GET and
/// HEAD.
enum class http_page { index, healthz, readyz, metrics, stats, rpc };

/// What the request shows after "Authorization: Bearer " (RFC 6750 section 2.1); empty: nothing.
std::string_view token_of(const http_request& asked);

/// Whether a page tells of addresses, or has something done about them.
bool is_about_addresses(http_page page);

/// Whether a page is for those who have shown the token only. How the daemon is, is for all; so is
/// the index, which has nothing of the daemon in it and asks for the token itself.
bool wants_token(http_page page);

/// The refusal of those who have not.
http_answer token_wanted();

/// Whether a client that calls this server by `host` (a Host field) may be believed to mean it: by
/// an IP address, as localhost, or by one of `names`. A browser can be led here by a strange site
/// whose name suddenly leads to our address; it still sends that name.
bool is_own_host(std::string_view host, const name_list& names);

/// The refusal of another one, where no token is wanted.
http_answer other_host(std::string_view host);

/// Which page a request is for, by its head; or why it gets none: 404, 405 with what is allowed,
/// 415 for what does not say that it is JSON. The last keeps browsers out: a form of a strange site
/// cannot say so.
std::variant<http_page, http_answer> find_page(const http_request& asked);

/// A page other than `rpc` and `stats`.
http_answer render_page(http_page page, const counters& counted, const health_facts& facts);

/// The answer to `stats`: its result, as the method has it.
http_answer stats_answer(std::string result);

/// The answer to `rpc`: the responses as a conversation wrote them; 204 if there are none.
http_answer rpc_answer(std::string responses);

}  // namespace cbv::api

#endif
