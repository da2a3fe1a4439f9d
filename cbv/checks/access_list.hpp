// Many access rules, to be found in microseconds.
#ifndef CBV_CHECKS_ACCESS_LIST_HPP
#define CBV_CHECKS_ACCESS_LIST_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cbv/checks/access_rule.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/checks/network_table.hpp"
#include "cbv/checks/text_table.hpp"

namespace cbv::checks {

/// The rule of a list that matched, and where it stands.
struct access_match {
  access_action action = access_action::refuse;
  access_subject subject = access_subject::client;
  std::string where;  // "/etc/cbv/access:12"
  std::string rule;   // "refuse client 192.0.2.0/24"
  reply_form reply{};

  friend bool operator==(const access_match&, const access_match&) = default;
};

/// All rules of all files. First begin_file() and add(), then finish(), once; from then on it does
/// not change and may be read from any thread. A rule takes some 60 octets beside its own text.
///
/// For each subject the most specific rule that is true counts: of networks the smallest; of
/// mailboxes the mailbox, then a wildcard with a domain, then the domain, then the closest above
/// it, then the local-part anywhere, then a wildcard anywhere. Of two alike the first counts.
class access_list {
 public:
  static constexpr std::size_t rules_max = 10'000'000;
  static constexpr std::size_t wildcards_max = 10'000;  // each is looked at, one after the other
  static constexpr std::size_t files_max = 1'000;

  /// The rules that are added from here on stand in this file.
  void begin_file(std::string name);

  /// Adds a rule that stands in this line (from 1) of the file. What is wrong if it cannot be held;
  /// nothing if it is.
  std::optional<std::string> add(const access_rule& rule, std::size_t line);

  void finish();

  /// The rule that counts for one subject; nothing if none is true. What is not known of an
  /// envelope matches nothing.
  std::optional<access_match> find(access_subject subject, const envelope& about,
                                   const paths& parsed) const;

  /// Those that can match: without those that say again what an earlier one said.
  std::size_t size() const noexcept { return rules_.size() - networks_repeated_; }
  std::size_t repeated() const noexcept { return repeated_; }
  std::size_t octets() const noexcept;  // of memory, nearly

 private:
  struct held_rule {
    std::uint32_t line;  // counted over all files
    std::uint32_t reply;
    access_action action;
  };
  struct file {
    std::string name;
    std::uint32_t lines_before;
  };
  struct wildcard {
    access_rule rule;
    std::uint32_t held;
  };
  using reply_key = std::tuple<int, std::string, std::string>;

  std::optional<access_match> find_client(const boost::asio::ip::address& client) const;
  std::optional<access_match> find_name(access_subject subject, std::string_view name) const;
  std::optional<access_match> find_mailbox(access_subject subject, std::string_view local_part,
                                           std::string_view domain) const;
  std::optional<access_match> match(access_subject subject, access_form form, name_reach reach,
                                    std::string_view text) const;
  std::optional<access_match> find_wildcard(access_subject subject, std::string_view local_part,
                                            std::string_view domain, bool anywhere) const;
  access_match made(access_rule rule, std::uint32_t held) const;
  bool keep(const access_rule& rule, std::uint32_t held);
  std::uint32_t index_of(const reply_form& reply);

  std::vector<file> files_;
  std::vector<held_rule> rules_;
  std::vector<reply_form> replies_{reply_form{}};
  std::map<reply_key, std::uint32_t> reply_numbers_;  // until finish()
  network_table networks_;
  text_table texts_;
  std::vector<wildcard> wildcards_;  // the most specific first
  std::uint32_t lines_before_ = 0;
  std::uint32_t last_line_ = 0;
  std::size_t repeated_ = 0;
  std::size_t networks_repeated_ = 0;
};

}  // namespace cbv::checks

#endif
