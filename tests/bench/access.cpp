// bench-access: access lists alone, without questions over a socket; prints one line of JSON.
//
//   --do write --file FILE --rules N     N rules of all kinds, in no order
//   --do read --file FILE --rules N --questions N
//       reads them, and asks about so many envelopes, of which every other one meets a rule
#include <unistd.h>

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "cbv/checks/access.hpp"
#include "cbv/checks/access_files.hpp"
#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

using namespace cbv::checks;

constexpr std::uint64_t kinds = 10;

// Client addresses of rules: 1.0.0.0 and on, one in each /28 or so.
boost::asio::ip::address_v4 ipv4_of(std::uint64_t number) {
  return boost::asio::ip::address_v4(static_cast<std::uint32_t>(0x0100'0000U + number * 16));
}

boost::asio::ip::address_v6 ipv6_of(std::uint64_t number) {
  boost::asio::ip::address_v6::bytes_type octets{0x20, 0x01, 0x0d, 0xb8};
  for (std::size_t i = 0; i < 4; ++i)
    octets.at(4 + i) = static_cast<unsigned char>(number >> (24 - 8 * i));
  return boost::asio::ip::address_v6(octets);
}

std::string name_of(std::uint64_t number) {
  return "d" + std::to_string(number) + ".listed.example";
}

std::string rule_of(std::uint64_t number) {
  switch (number % kinds) {
    case 0:
    case 1:
    case 2:
      return "refuse client " + ipv4_of(number).to_string();
    case 3:
      return "refuse client " + ipv4_of(number).to_string() +
             "/28 554 5.7.1 Your network is listed";
    case 4:
      return "refuse client " + ipv6_of(number).to_string() + "/64";
    case 5:
    case 6:
      return "refuse sender ." + name_of(number);
    case 7:
      return "refuse sender news" + std::to_string(number) + '@' + name_of(number);
    case 8:
      return "refuse client_name ." + name_of(number);
    default:
      return "defer recipient user" + std::to_string(number) + "@ours.example 450 4.2.1 On leave";
  }
}

envelope usual() {
  envelope of;
  of.client = boost::asio::ip::make_address("203.0.113.1");
  of.client_name = of.reverse_client_name = of.helo = "mail.out.sender.test";
  of.sender = "bob@mail.sender.test";
  of.recipient = "alice@ours.example";
  return of;
}

/// One that meets rule `number`, if `listed`.
envelope envelope_of(std::uint64_t number, bool listed) {
  envelope of = usual();
  if (!listed) {
    of.sender = "bob" + std::to_string(number) + "@mail.sender.test";
    return of;
  }
  switch (number % kinds) {
    case 0:
    case 1:
    case 2:
    case 3:
      of.client = ipv4_of(number);
      break;
    case 4:
      of.client = ipv6_of(number);
      break;
    case 5:
    case 6:
      of.sender = "bob@mx." + name_of(number);
      break;
    case 7:
      of.sender = "news" + std::to_string(number) + '@' + name_of(number);
      break;
    case 8:
      of.client_name = "mx." + name_of(number);
      break;
    default:
      of.recipient = "user" + std::to_string(number) + "@ours.example";
  }
  return of;
}

void write(const arguments& given) {
  const std::uint64_t rules = given.number("rules", 1'000'000);
  std::ofstream file(given.text("file"));
  for (std::uint64_t i = 0; i < rules; ++i) file << rule_of(scattered(i, rules)) << '\n';
  const auto octets = static_cast<std::uint64_t>(file.tellp());
  if (!file.flush()) throw std::runtime_error("not written");
  std::cout << R"({"octets":)" << octets << "}\n";
}

std::uint64_t resident_octets() {
  std::ifstream facts("/proc/self/statm");
  std::uint64_t all = 0;
  std::uint64_t resident = 0;
  facts >> all >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

struct asked_one {
  envelope about;
  paths parsed;
  bool listed;
};

std::vector<asked_one> questions_of(std::uint64_t questions, std::uint64_t rules) {
  std::vector<asked_one> all;
  all.reserve(questions);
  for (std::uint64_t i = 0; i < questions; ++i) {
    const bool listed = i % 2 == 0;
    asked_one one{envelope_of(scattered(i, rules), listed), {}, listed};
    if (auto sender = parse_mailbox(one.about.sender)) one.parsed.sender = *sender;
    if (auto recipient = parse_mailbox(one.about.recipient)) one.parsed.recipient = *recipient;
    all.push_back(std::move(one));
  }
  return all;
}

void read(const arguments& given) {
  const std::uint64_t rules = given.number("rules", 1'000'000);
  const std::uint64_t before = resident_octets();
  const double began = seconds_now();
  const loaded_list<access_list> loaded = load_access({given.text("file")});
  const double load_seconds = seconds_now() - began;
  if (!loaded.list) throw std::runtime_error(to_string(loaded.wrong.front()));
  if (loaded.list->size() != rules) throw std::runtime_error("not all rules are there");
  const std::uint64_t after = resident_octets();
  const auto all = questions_of(given.number("questions", 200'000), rules);
  const double asked = seconds_now();
  for (const asked_one& one : all) {
    const finding found = check_access(*loaded.list, one.about, one.parsed);
    if (found.decision.has_value() != one.listed) throw std::runtime_error(found.evidence);
  }
  const double seconds = seconds_now() - asked;
  std::cout << R"({"load_seconds":)" << load_seconds << R"(,"octets":)" << loaded.list->octets()
            << R"(,"resident_octets":)" << after - before << R"(,"rate":)"
            << static_cast<double>(all.size()) / seconds << "}\n";
}

void run(const arguments& given) {
  const std::string what = given.text("do");
  if (what == "write") return write(given);
  if (what == "read") return read(given);
  throw std::invalid_argument("--do write or read");
}

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    cbv::bench::run(cbv::bench::arguments(count, words));
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "bench-access: " << failed.what() << '\n';
    return 1;
  }
}
