#include "cbv/spf/check_host.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "cbv/dns/name.hpp"
#include "cbv/dns/reverse.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::spf {
namespace {

using dns::lookup_status;

// Whether a mechanism matches, or how it ends the whole check.
enum class matching { no, yes, temperror, permerror };

// What one record, and those it redirects to, came to; where it is `fail`, why.
struct decided {
  evaluation said = evaluation::none;
  std::string domain;
  std::string term;
  std::optional<macro_string> explanation;
};

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

decided ended(evaluation said, std::string domain) {
  decided end;
  end.said = said;
  end.domain = std::move(domain);
  return end;
}

// A domain name of several labels (section 4.3). Domains are plain octets here; they are escaped
// where they are asked for.
bool is_domain_name(std::string_view domain) {
  if (domain.empty() || domain.front() == '[') return false;
  const std::string name = dns::escaped_name(domain);
  return name.find('.') != std::string::npos && dns::name_to_wire(name);
}

// One check, from its first record to its last.
class checker {
 public:
  checker(dns::resolver& names, const clock& time, const identity& asked,
          const check_options& options, time_point deadline)
      : names_(names), time_(time), asked_(asked), options_(options), deadline_(deadline) {}

  awaitable<outcome> run() {
    outcome end;
    const decided found = co_await evaluate(asked_.domain);
    end.said = found.said;
    end.domain = found.domain;
    end.term = found.term;
    end.had_trouble = had_trouble_;  // that of exp= changes nothing
    if (found.said == evaluation::fail && found.explanation) {
      end.explanation = co_await explain(*found.explanation, found.domain);
    }
    end.problem = std::move(problem_);
    co_return end;
  }

 private:
  macro_values values_for(const std::string& domain) const {
    macro_values values;
    values.local_part = asked_.local_part;
    values.sender_domain = asked_.domain;
    values.domain = domain;
    values.client = asked_.client;
    values.helo = asked_.helo;
    values.receiver = options_.receiver;
    values.now = time_.wall_now();
    return values;
  }

  // What a domain-spec means in the record of `domain`; nothing if it cannot be a domain.
  awaitable<std::optional<std::string>> name_of(const macro_string& spec, std::string domain) {
    macro_values values = values_for(domain);
    if (spec.uses('p')) values.validated_name = co_await validated_name(std::move(domain));
    const result<std::string> name = target_name(spec, values);
    if (!name) co_return std::nullopt;
    co_return *name;
  }

  matching trouble(matching kind, std::string what) {
    problem_ = std::move(what);
    return kind;
  }

  // A term that asks the DNS: one of few.
  bool may_ask() {
    if (++terms_ <= options_.limits.terms_max) return true;
    problem_ = "more than " + std::to_string(options_.limits.terms_max) + " terms ask the DNS";
    return false;
  }

  // What a look-up of a term says before its records are looked at; yes if there are any.
  matching weigh(lookup_status status, const std::string& name) {
    if (status == lookup_status::ok) return matching::yes;
    if (!dns::is_authoritative(status)) {
      return trouble(matching::temperror, name + ": " + std::string(to_string(status)));
    }
    if (++voids_ <= options_.limits.void_look_ups_max) return matching::no;
    return trouble(matching::permerror, "more than " +
                                            std::to_string(options_.limits.void_look_ups_max) +
                                            " look-ups found nothing, the last of " + name);
  }

  // The addresses of a name, of the client's family.
  awaitable<dns::answer<asio::ip::address>> addresses_of(std::string name) {
    dns::answer<asio::ip::address> all;
    if (asked_.client.is_v4()) {
      const auto said = co_await names_.a(std::move(name), deadline_);
      all.status = said.status;
      all.records.assign(said.records.begin(), said.records.end());
    } else {
      const auto said = co_await names_.aaaa(std::move(name), deadline_);
      all.status = said.status;
      all.records.assign(said.records.begin(), said.records.end());
    }
    co_return all;
  }

  bool covers_client(const directive& by, const std::vector<asio::ip::address>& addresses) const {
    return std::any_of(addresses.begin(), addresses.end(), [&](const asio::ip::address& each) {
      return by.covers(each, asked_.client);
    });
  }

  awaitable<matching> match_a(const directive& by, std::string target) {
    const auto said = co_await addresses_of(target);
    const matching found = weigh(said.status, target);
    if (found != matching::yes) co_return found;
    co_return covers_client(by, said.records) ? matching::yes : matching::no;
  }

  awaitable<matching> match_mx(const directive& by, std::string target) {
    auto said = co_await names_.mx(target, deadline_);
    const matching found = weigh(said.status, target);
    if (found != matching::yes) co_return found;
    std::stable_sort(said.records.begin(), said.records.end(),
                     [](const dns::mx_record& a, const dns::mx_record& b) {
                       return a.preference < b.preference;
                     });
    std::size_t asked = 0;
    for (const dns::mx_record& each : said.records) {
      if (each.exchange.empty()) continue;  // a null MX (RFC 7505)
      if (++asked > options_.limits.names_max) {
        co_return trouble(
            matching::permerror,
            target + " has more than " + std::to_string(options_.limits.names_max) + " MX");
      }
      const auto host = co_await addresses_of(each.exchange);
      if (!dns::is_authoritative(host.status)) {
        co_return trouble(matching::temperror,
                          each.exchange + ": " + std::string(to_string(host.status)));
      }
      if (covers_client(by, host.records)) co_return matching::yes;
    }
    co_return matching::no;
  }

  awaitable<matching> match_exists(std::string target) {
    const auto said = co_await names_.a(target, deadline_);  // for IPv6 clients, too (section 5.7)
    co_return weigh(said.status, target);
  }

  // The names of the client, looked up once.
  awaitable<void> find_own_names() {
    if (own_names_) co_return;
    own_names_ =
        co_await dns::find_pointers(names_, asked_.client, options_.limits.names_max, deadline_);
    had_trouble_ =
        had_trouble_ || !dns::is_authoritative(own_names_->status) ||
        std::any_of(own_names_->names.begin(), own_names_->names.end(),
                    [](const dns::pointer& each) { return !dns::is_authoritative(each.forward); });
  }

  awaitable<matching> match_ptr(std::string target) {
    co_await find_own_names();
    if (!dns::is_authoritative(own_names_->status)) {
      // Trouble is no match (section 5.5); but that our time is up says nothing.
      if (time_.now() < deadline_) co_return matching::no;
      co_return trouble(matching::temperror, "the time is up");
    }
    const matching found = weigh(own_names_->status, dns::reverse_name(asked_.client));
    if (found != matching::yes) co_return found;
    for (const dns::pointer& each : own_names_->names) {
      if (each.is_confirmed && dns::is_at_or_below(each.name, target)) co_return matching::yes;
    }
    co_return matching::no;
  }

  // Macro "p" (section 7.3): the domain itself if it is a name of the client, else one below it,
  // else any.
  awaitable<std::string> validated_name(std::string domain) {
    co_await find_own_names();
    const std::string wanted = dns::escaped_name(domain);
    std::string best = "unknown";
    int best_rank = 0;
    for (const dns::pointer& each : own_names_->names) {
      if (!each.is_confirmed) continue;
      const int rank = each.name == wanted ? 3 : dns::is_at_or_below(each.name, wanted) ? 2 : 1;
      if (rank > best_rank) best = each.name;
      best_rank = std::max(rank, best_rank);
    }
    co_return best;
  }

  awaitable<matching> match_include(std::string target) {
    const decided inner = co_await evaluate(target);
    switch (inner.said) {  // section 5.2
      case evaluation::pass:
        co_return matching::yes;
      case evaluation::temperror:
        co_return matching::temperror;
      case evaluation::permerror:
        co_return matching::permerror;
      case evaluation::none:
        co_return trouble(matching::permerror, target + ", which is included, has no SPF record");
      default:
        co_return matching::no;
    }
  }

  awaitable<matching> match(const directive& by, std::string domain) {
    if (by.kind == mechanism::all) co_return matching::yes;
    if (by.kind == mechanism::ip4 || by.kind == mechanism::ip6) {
      co_return by.covers(by.network, asked_.client) ? matching::yes : matching::no;
    }
    if (!may_ask()) co_return matching::permerror;
    std::optional<std::string> target = domain;
    if (by.domain) target = co_await name_of(*by.domain, std::move(domain));
    if (!target) {
      // What cannot be a domain name does not exist (section 4.8).
      if (by.kind != mechanism::include) co_return matching::no;
      co_return trouble(matching::permerror, by.text + " is of no domain");
    }
    std::string name = dns::escaped_name(*target);
    switch (by.kind) {
      case mechanism::a:
        co_return co_await match_a(by, std::move(name));
      case mechanism::mx:
        co_return co_await match_mx(by, std::move(name));
      case mechanism::ptr:
        co_return co_await match_ptr(std::move(name));
      case mechanism::exists:
        co_return co_await match_exists(std::move(name));
      default:
        co_return co_await match_include(*std::move(target));
    }
  }

  // The record of a domain (sections 4.4, 4.5). `none`, temperror or permerror if there is no good
  // one.
  awaitable<evaluation> find_record(std::string name, record& into) {
    const dns::answer<dns::text_data> said = co_await names_.txt(name, deadline_);
    if (!dns::is_authoritative(said.status)) {
      problem_ = name + ": " + std::string(to_string(said.status));
      co_return evaluation::temperror;
    }
    std::vector<std::string> texts;
    for (const dns::text_data& each : said.records) {
      std::string text = each.joined();
      if (is_spf_record(text)) texts.push_back(std::move(text));
    }
    if (texts.empty()) co_return evaluation::none;
    if (texts.size() > 1) {
      problem_ = name + " has " + std::to_string(texts.size()) + " SPF records";
      co_return evaluation::permerror;
    }
    parsed<record> read = parse_record(texts.front());
    if (!read) {
      problem_ = name + ": its SPF record is malformed: " + to_string(read.error());
      co_return evaluation::permerror;
    }
    into = *std::move(read);
    co_return evaluation::neutral;
  }

  // The record of one domain, its includes and what it redirects to. The depth is bounded by
  // terms_max.
  awaitable<decided> evaluate(std::string domain) {
    if (!is_domain_name(domain)) co_return ended(evaluation::none, std::move(domain));
    record here;
    std::string name = dns::escaped_name(domain);
    const evaluation found = co_await find_record(std::move(name), here);
    if (found != evaluation::neutral) co_return ended(found, std::move(domain));
    for (const directive& each : here.directives) {
      const matching end = co_await match(each, domain);
      if (end == matching::no) continue;
      if (end != matching::yes) {
        co_return ended(end == matching::temperror ? evaluation::temperror : evaluation::permerror,
                        std::move(domain));
      }
      decided made = ended(each.on_match, std::move(domain));
      made.term = each.text;
      made.explanation = std::move(here.explanation);
      co_return made;
    }
    if (!here.redirect) co_return ended(evaluation::neutral, std::move(domain));
    if (!may_ask()) co_return ended(evaluation::permerror, std::move(domain));
    std::optional<std::string> target = co_await name_of(*here.redirect, domain);
    decided elsewhere;
    if (target) elsewhere = co_await evaluate(*target);
    if (elsewhere.said == evaluation::none) {  // section 6.1
      problem_ = "the record of " + domain + " redirects to where no SPF record is";
      co_return ended(evaluation::permerror, std::move(domain));
    }
    co_return elsewhere;
  }

  // The words of exp= (section 6.2); none if anything is wrong with them.
  awaitable<std::string> explain(const macro_string& where, std::string domain) {
    std::optional<std::string> name = co_await name_of(where, domain);
    if (!name) co_return std::string();
    std::string words_at = dns::escaped_name(*name);
    const auto said = co_await names_.txt(std::move(words_at), deadline_);
    if (said.records.size() != 1) co_return std::string();
    const auto words = macro_string::parse_explanation(said.records.front().joined());
    if (!words) co_return std::string();
    macro_values values = values_for(domain);
    if (words->uses('p')) values.validated_name = co_await validated_name(std::move(domain));
    const result<std::string> text = words->expand(values);
    // What the client said of itself may have put more than ASCII into it.
    if (!text || !is_printable_ascii(*text)) co_return std::string();
    co_return *text;
  }

  dns::resolver& names_;
  const clock& time_;
  const identity& asked_;
  const check_options& options_;
  time_point deadline_;
  std::size_t terms_ = 0;
  std::size_t voids_ = 0;
  std::optional<dns::pointers> own_names_;
  std::string problem_;
  bool had_trouble_ = false;
};

}  // namespace

identity helo_identity(const asio::ip::address& client, std::string_view helo) {
  return mail_from_identity(client, helo, "");
}

identity mail_from_identity(const asio::ip::address& client, std::string_view helo,
                            std::string_view mail_from) {
  identity made;
  made.client = net::unmapped(client);
  made.helo = helo;
  const std::size_t at = mail_from.rfind('@');
  if (mail_from.empty()) {
    made.domain = helo;
  } else if (at == std::string_view::npos) {
    made.domain = mail_from;
  } else {
    made.local_part = mail_from.substr(0, at);
    made.domain = mail_from.substr(at + 1);
  }
  if (made.local_part.empty()) made.local_part = "postmaster";  // section 4.3
  return made;
}

awaitable<outcome> check_host(dns::resolver& names, const clock& time, identity asked,
                              check_options options, time_point deadline) {
  checker one(names, time, asked, options, deadline);
  co_return co_await one.run();
}

}  // namespace cbv::spf
