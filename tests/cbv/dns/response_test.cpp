#include "cbv/dns/response.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

const question asked{"example.org", record_type::mx, class_in};

record mx(const std::string& name, seconds ttl, std::uint16_t preference,
          const std::string& exchange) {
  return {name, record_type::mx, ttl, mx_record{preference, exchange}};
}
record cname(const std::string& name, seconds ttl, const std::string& target) {
  return {name, record_type::cname, ttl, name_data{target}};
}
record soa(const std::string& name, seconds ttl, std::uint32_t minimum) {
  soa_data data;
  data.minimum = minimum;
  return {name, record_type::soa, ttl, data};
}
record ns(const std::string& name) {
  return {name, record_type::ns, 300s, name_data{"ns." + name}};
}

message response(std::vector<record> answers, std::vector<record> authorities = {},
                 response_code code = response_code::no_error) {
  message made;
  made.response = true;
  made.recursion_available = true;
  made.code = code;
  made.asked = asked;
  made.answers = std::move(answers);
  made.authorities = std::move(authorities);
  return made;
}

finding ok(seconds ttl, std::vector<record_data> records) {
  return {lookup_status::ok, std::move(records), ttl, {}};
}
finding next(seconds ttl, const std::string& name) {
  return {lookup_status::ok, {}, ttl, name};
}
finding no(lookup_status status, seconds ttl) {
  return {status, {}, ttl, {}};
}

constexpr auto name_error = response_code::name_error;

TEST(ResponseTest, SaysWhatWasFound) {
  struct response_case {
    const char* what;
    message in;
    finding out;
  };
  const response_case cases[] = {
      {"records, the least TTL",
       response({mx("example.org", 300s, 10, "a"), mx("example.org", 200s, 20, "b")}),
       ok(200s, {mx_record{10, "a"}, mx_record{20, "b"}})},
      {"records of others are passed over",
       response({mx("other.org", 1s, 1, "x"), mx("example.org", 300s, 10, "a")}),
       ok(300s, {mx_record{10, "a"}})},
      {"a CNAME is followed, its TTL counts",
       response({cname("example.org", 60s, "c.org"), mx("c.org", 300s, 1, "a")}),
       ok(60s, {mx_record{1, "a"}})},
      {"a chain in any order",
       response({mx("d.org", 300s, 1, "a"), cname("c.org", 50s, "d.org"),
                 cname("example.org", 60s, "c.org")}),
       ok(50s, {mx_record{1, "a"}})},
      {"the same CNAME twice",
       response({cname("example.org", 60s, "c.org"), cname("example.org", 60s, "c.org"),
                 mx("c.org", 300s, 1, "a")}),
       ok(60s, {mx_record{1, "a"}})},
      {"a CNAME that leads away", response({cname("example.org", 60s, "c.org")}),
       next(60s, "c.org")},
      {"a CNAME to the root", response({cname("example.org", 60s, "")}), next(60s, "")},
      {"a CNAME that leads away, the zone's NS beside it",
       response({cname("example.org", 60s, "c.org")}, {ns("example.org")}), next(60s, "c.org")},
      {"a CNAME, and the SOA of another zone",
       response({cname("example.org", 60s, "c.org")}, {soa("example.org", 1s, 1)}),
       next(60s, "c.org")},
      {"a CNAME that ends in no data",
       response({cname("example.org", 60s, "c.org")}, {soa("c.org", 300s, 300)}),
       no(lookup_status::no_data, 60s)},
      {"a CNAME that ends in NXDOMAIN",
       response({cname("example.org", 600s, "c.org")}, {soa("org", 300s, 200)}, name_error),
       no(lookup_status::nx_domain, 200s)},
      {"no data, the SOA's TTL", response({}, {soa("example.org", 100s, 200)}),
       no(lookup_status::no_data, 100s)},
      {"no data, the SOA's minimum", response({}, {ns("example.org"), soa("org", 300s, 200)}),
       no(lookup_status::no_data, 200s)},
      {"no data without SOA", response({}), no(lookup_status::no_data, 0s)},
      {"no data, other types there", response({ns("example.org")}), no(lookup_status::no_data, 0s)},
      {"NXDOMAIN", response({}, {soa("", 300s, 200)}, name_error),
       no(lookup_status::nx_domain, 200s)},
      {"NXDOMAIN without SOA", response({}, {}, name_error), no(lookup_status::nx_domain, 0s)},
      {"NXDOMAIN with an SOA of elsewhere", response({}, {soa("net", 300s, 200)}, name_error),
       no(lookup_status::nx_domain, 0s)},
      {"NXDOMAIN with records", response({mx("example.org", 1s, 1, "a")}, {}, name_error),
       no(lookup_status::malformed, 0s)},
      {"a referral", response({}, {ns("org")}), no(lookup_status::server_failure, 0s)},
      {"two CNAMEs",
       response({cname("example.org", 60s, "c.org"), cname("example.org", 60s, "d.org"),
                 mx("c.org", 300s, 1, "a")}),
       no(lookup_status::malformed, 0s)},
      {"a CNAME to itself", response({cname("example.org", 60s, "example.org")}),
       no(lookup_status::server_failure, 0s)},
      {"a loop", response({cname("example.org", 60s, "c.org"), cname("c.org", 60s, "example.org")}),
       no(lookup_status::server_failure, 0s)},
      {"a loop with NXDOMAIN",
       response({cname("example.org", 60s, "c.org"), cname("c.org", 60s, "example.org")}, {},
                name_error),
       no(lookup_status::server_failure, 0s)},
  };
  for (const response_case& one : cases) {
    SCOPED_TRACE(one.what);
    const finding found = read_response(one.in, asked);
    EXPECT_EQ(found.status, one.out.status);
    EXPECT_EQ(found.ttl, one.out.ttl);
    EXPECT_EQ(found.next, one.out.next);
    EXPECT_EQ(found.records, one.out.records);
  }
}

TEST(ResponseTest, TellsTroublesApart) {
  const auto status_of = [](int code) {
    return read_response(response({}, {}, static_cast<response_code>(code)), asked).status;
  };
  EXPECT_EQ(status_of(1), lookup_status::server_failure);
  EXPECT_EQ(status_of(2), lookup_status::server_failure);
  EXPECT_EQ(status_of(4), lookup_status::server_failure);
  EXPECT_EQ(status_of(5), lookup_status::refused);
  EXPECT_EQ(status_of(9), lookup_status::server_failure);
  EXPECT_EQ(status_of(16), lookup_status::server_failure);
}

TEST(ResponseTest, BelievesAnEmptyAnswerOnlyOfOneWhoCanKnow) {
  message empty = response({});
  empty.recursion_available = false;
  EXPECT_EQ(read_response(empty, asked).status, lookup_status::server_failure);
  empty.authoritative = true;
  EXPECT_EQ(read_response(empty, asked).status, lookup_status::no_data);
}

TEST(ResponseTest, RefusesWhatIsNoResponseToTheQuestion) {
  const message good = response({mx("example.org", 300s, 10, "a")});
  ASSERT_EQ(read_response(good, asked).status, lookup_status::ok);

  message query = good;
  query.response = false;
  message notify = good;
  notify.opcode = 4;
  message truncated = good;
  truncated.truncated = true;
  message without = good;
  without.asked.reset();
  message other_name = good;
  other_name.asked->name = "example.net";
  message other_type = good;
  other_type.asked->type = record_type::a;
  message other_class = good;
  other_class.asked->qclass = 3;
  for (const message& bad :
       {query, notify, truncated, without, other_name, other_type, other_class}) {
    EXPECT_EQ(read_response(bad, asked).status, lookup_status::malformed);
  }
}

TEST(ResponseTest, FollowsAChainOfLimitedLength) {
  const auto chain_of = [](std::size_t length) {
    std::vector<record> answers;
    std::string from = "example.org";
    for (std::size_t i = 0; i < length; ++i) {
      const std::string to = "c" + std::to_string(i) + ".org";
      answers.push_back(cname(from, 60s, to));
      from = to;
    }
    answers.push_back(mx(from, 300s, 1, "a"));
    return read_response(response(std::move(answers)), asked).status;
  };
  EXPECT_EQ(chain_of(cname_chain_max), lookup_status::ok);
  EXPECT_EQ(chain_of(cname_chain_max + 1), lookup_status::server_failure);
}

}  // namespace
}  // namespace cbv::dns
