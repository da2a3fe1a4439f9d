// tls_machine, tls_client and tls_server, without I/O: the octets are carried by hand.
#include "cbv/net/tls_machine.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "tests/cbv/net/tls_parts.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::net {
namespace {

using namespace std::chrono_literals;
using phase = tls_machine::phase;
using sim::certificate_kind;

struct ends {
  std::unique_ptr<tls_machine> client;
  std::unique_ptr<tls_machine> server;
};

ends shake(tls_client& client, tls_server& server, const tls_request& asked) {
  ends made{client.begin(asked), server.begin()};
  carry(*made.client, *made.server);
  return made;
}

TEST(TlsMachine, CarriesPlaintextBothWays) {
  const set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  const ends both = shake(client, server, ask_for(far_name));
  ASSERT_EQ(both.client->at(), phase::open) << both.client->failure();
  ASSERT_EQ(both.server->at(), phase::open) << both.server->failure();
  EXPECT_EQ(both.client->facts().protocol, "TLSv1.3");
  EXPECT_EQ(both.client->facts().cipher, "TLS_AES_256_GCM_SHA384");
  EXPECT_TRUE(both.client->facts().verified);
  EXPECT_EQ(both.client->facts().doubt, "");
  EXPECT_FALSE(both.client->facts().resumed);
  EXPECT_EQ(both.server->asked_name(), far_name);

  both.client->write("EHLO probe.example\r\n");
  const std::string wire = both.client->take_output();
  EXPECT_EQ(wire.find("EHLO"), std::string::npos);
  both.server->receive(wire);
  EXPECT_EQ(read_all(*both.server), "EHLO probe.example\r\n");
  both.server->write("250 hello\r\n");
  carry(*both.client, *both.server);
  EXPECT_EQ(read_all(*both.client), "250 hello\r\n");

  both.client->close();
  both.client->close();
  carry(*both.client, *both.server);
  EXPECT_EQ(read_all(*both.server), "");
  EXPECT_TRUE(both.server->is_at_end());
  EXPECT_EQ(both.server->at(), phase::open) << "there is still writing";
}

struct version_row {
  tls_version least;
  tls_version most;
  const char* ciphers;
  const char* protocol;  // or the failure
};

TEST(TlsMachine, SpeaksTls12AndUp) {
  const set_clock time;
  tls_client client = make_client(time);
  const version_row rows[] = {
      {tls_version::v1_2, tls_version::v1_3, "", "TLSv1.3"},
      {tls_version::v1_3, tls_version::v1_3, "", "TLSv1.3"},
      {tls_version::v1_2, tls_version::v1_2, "", "TLSv1.2"},
      {tls_version::v1_0, tls_version::v1_2, "", "TLSv1.2"},
      {tls_version::v1_1, tls_version::v1_1, "", "the peer's alert: protocol version"},
      {tls_version::v1_0, tls_version::v1_1, "", "the peer's alert: protocol version"},
      {tls_version::v1_2, tls_version::v1_2, "PSK-AES128-CBC-SHA256",
       "the peer's alert: handshake failure"},
  };
  for (const version_row& row : rows) {
    SCOPED_TRACE(row.protocol);
    tls_server server = make_server(row.least, row.most, row.ciphers);
    for (const bool verify : {true, false}) {
      const ends both = shake(client, server, ask_for(far_name, verify));
      const bool is_open = both.client->at() == phase::open;
      EXPECT_EQ(is_open ? both.client->facts().protocol : both.client->failure(), row.protocol);
    }
  }
}

struct certificate_row {
  certificate_kind kind;
  const char* name;   // in the certificate
  const char* asked;  // by the client
  const char* doubt;  // empty: verified
};

TEST(TlsMachine, LooksAtTheCertificate) {
  const set_clock time;
  tls_client client = make_client(time);
  const certificate_row rows[] = {
      {certificate_kind::good, far_name, far_name, ""},
      {certificate_kind::good, far_name, "MX1.Example.net.", ""},
      {certificate_kind::good, "*.example.net", far_name, ""},
      {certificate_kind::good, "*.example.net", "example.net", "hostname mismatch"},
      {certificate_kind::good, "*.example.net", "a.b.example.net", "hostname mismatch"},
      {certificate_kind::good, "mx*.example.net", far_name, "hostname mismatch"},
      {certificate_kind::good, "192.0.2.1", "192.0.2.1", ""},
      {certificate_kind::good, "192.0.2.2", "192.0.2.1", "IP address mismatch"},
      {certificate_kind::good, "2001:db8::1", "2001:db8:0::1", ""},
      {certificate_kind::good, far_name, "192.0.2.1", "IP address mismatch"},
      {certificate_kind::good, far_name, "", "no name to compare with"},
      {certificate_kind::self_signed, far_name, far_name, "self-signed certificate"},
      {certificate_kind::expired, far_name, far_name, "certificate has expired"},
      {certificate_kind::wrong_name, far_name, far_name, "hostname mismatch"},
  };
  for (const certificate_row& row : rows) {
    SCOPED_TRACE(std::string(row.name) + " for " + row.asked + ": " + row.doubt);
    const bool is_good = row.doubt[0] == '\0';
    for (const tls_version most : {tls_version::v1_2, tls_version::v1_3}) {
      tls_server_options options = certified(row.kind, row.name);
      options.most = most;
      tls_server server(options);
      const ends lenient = shake(client, server, ask_for(row.asked, false));
      ASSERT_EQ(lenient.client->at(), phase::open) << lenient.client->failure();
      EXPECT_EQ(lenient.client->facts().verified, is_good);
      EXPECT_EQ(lenient.client->facts().doubt, row.doubt);

      const ends strict = shake(client, server, ask_for(row.asked, true));
      EXPECT_EQ(strict.client->at(), is_good ? phase::open : phase::failed);
      EXPECT_EQ(strict.client->failure(),
                is_good ? "" : "certificate verify failed: " + std::string(row.doubt));
    }
  }
}

TEST(TlsMachine, SaysNoAddressAndNoLastDotInSni) {
  const set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  const auto said = [&](const char* asked) {
    return shake(client, server, ask_for(asked, false)).server->asked_name();
  };
  EXPECT_EQ(said("mx1.example.net"), "mx1.example.net");
  EXPECT_EQ(said("mx1.example.net."), "mx1.example.net");
  EXPECT_EQ(said("192.0.2.1"), "");
  EXPECT_EQ(said("2001:db8::1"), "");
  EXPECT_EQ(said(""), "");
  EXPECT_EQ(said((std::string(300, 'x')).c_str()), "");
}

TEST(TlsMachine, TheClockDecidesWhatHasExpired) {
  set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  time.wall += std::chrono::hours(24 * 365 * 80);
  EXPECT_EQ(shake(client, server, ask_for(far_name)).client->failure(),
            "certificate verify failed: certificate has expired");
}

TEST(TlsMachine, WithoutTheAuthorityNobodyIsTrusted) {
  const set_clock time;
  tls_client_options options;
  options.ca_pem = sim::certificate_authority().pem();
  tls_client client(time, options);
  tls_server server = make_server();
  EXPECT_EQ(shake(client, server, ask_for(far_name)).client->failure(),
            "certificate verify failed: unable to get local issuer certificate");
  tls_client of_the_system(time);
  EXPECT_EQ(shake(of_the_system, server, ask_for(far_name, false)).client->facts().doubt,
            "unable to get local issuer certificate");
}

TEST(TlsClient, ReadsWhomToTrust) {
  const set_clock time;
  const temporary_folder folder;
  std::ofstream(folder.inside("ca.pem")) << authority().pem();
  std::ofstream(folder.inside("bad.pem")) << "no certificate";
  tls_client_options options;
  options.ca_file = folder.inside("ca.pem");
  tls_client client(time, options);
  tls_server server = make_server();
  EXPECT_EQ(shake(client, server, ask_for(far_name)).client->failure(), "");

  const auto complaint = [&](const tls_client_options& wanted) -> std::string {
    try {
      const tls_client made(time, wanted);
    } catch (const std::runtime_error& problem) {
      return problem.what();
    }
    return "";
  };
  options.ca_file = folder.inside("none.pem");
  EXPECT_NE(complaint(options).find("none.pem: "), std::string::npos);
  options.ca_file = folder.inside("bad.pem");
  EXPECT_NE(complaint(options).find("bad.pem: "), std::string::npos);
  options.ca_file.clear();
  options.ca_pem = "no certificate";
  EXPECT_NE(complaint(options).find("no certificate to trust: "), std::string::npos);
}

TEST(TlsServer, SaysWhatIsWrongWithItsSettings) {
  const auto complaint = [](const tls_server_options& wanted) -> std::string {
    try {
      const tls_server made(wanted);
    } catch (const std::runtime_error& problem) {
      return problem.what();
    }
    return "";
  };
  const tls_server_options good = certified(certificate_kind::good);
  tls_server_options options = good;
  EXPECT_EQ(complaint(options), "");
  options.key_pem = certified(certificate_kind::good).key_pem;
  EXPECT_EQ(complaint(options).substr(0, 18), "the server's key: ");
  options.key_pem = "none";
  EXPECT_EQ(complaint(options).substr(0, 18), "the server's key: ");
  options = good;
  options.certificate_pem = "none";
  EXPECT_EQ(complaint(options).substr(0, 26), "the server's certificate: ");
  options = good;
  options.ciphers = "NONE-SUCH";
  EXPECT_EQ(complaint(options).substr(0, 13), "the ciphers: ");
}

class TlsResumptionTest : public testing::TestWithParam<tls_version> {
 protected:
  bool is_resumed(const tls_request& asked) {
    const ends both = shake(client_, server_, asked);
    EXPECT_EQ(both.client->at(), phase::open) << both.client->failure();
    EXPECT_EQ(both.client->facts().verified, asked.verify || asked.server_name == far_name);
    both.server->write("250 ok\r\n");
    carry(*both.client, *both.server);
    EXPECT_EQ(read_all(*both.client), "250 ok\r\n");  // TLS 1.3: tickets come with the first reads
    EXPECT_EQ(both.client->facts().resumed, both.server->facts().resumed);
    return both.client->facts().resumed;
  }

  set_clock time_;
  tls_client client_ = make_client(time_, options());
  tls_server server_ = make_server(GetParam(), GetParam());

 private:
  static tls_client_options options() {
    tls_client_options made;
    made.sessions_max = 3;
    made.sessions_kept = 10min;
    return made;
  }
};

TEST_P(TlsResumptionTest, GoesOnAgainAndAgain) {
  const tls_request asked = ask_for(far_name, true, "192.0.2.1:25");
  EXPECT_FALSE(is_resumed(asked));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(is_resumed(asked));
  EXPECT_EQ(client_.sessions(), 1U);
}

TEST_P(TlsResumptionTest, NotWithoutAKey) {
  EXPECT_FALSE(is_resumed(ask_for(far_name, true)));
  EXPECT_FALSE(is_resumed(ask_for(far_name, true)));
  EXPECT_EQ(client_.sessions(), 0U);
}

TEST_P(TlsResumptionTest, EachKeyNameAndStrictnessHasItsOwn) {
  EXPECT_FALSE(is_resumed(ask_for(far_name, false, "192.0.2.1:25")));
  EXPECT_FALSE(is_resumed(ask_for(far_name, true, "192.0.2.1:25")));
  EXPECT_FALSE(is_resumed(ask_for(far_name, true, "192.0.2.2:25")));
  EXPECT_TRUE(is_resumed(ask_for(far_name, false, "192.0.2.1:25")));
  EXPECT_TRUE(is_resumed(ask_for(far_name, true, "192.0.2.1:25")));
  EXPECT_FALSE(is_resumed(ask_for("", false, "192.0.2.1:25")));
}

TEST_P(TlsResumptionTest, TheOldestGoesFirst) {
  for (const char* key : {"a", "b", "c", "d"})
    EXPECT_FALSE(is_resumed(ask_for(far_name, true, key)));
  EXPECT_EQ(client_.sessions(), 3U);
  EXPECT_TRUE(is_resumed(ask_for(far_name, true, "b")));
  EXPECT_FALSE(is_resumed(ask_for(far_name, true, "a")));
}

TEST_P(TlsResumptionTest, NotAfterItsTime) {
  const tls_request asked = ask_for(far_name, true, "192.0.2.1:25");
  EXPECT_FALSE(is_resumed(asked));
  time_.at += 10min - 1s;
  EXPECT_TRUE(is_resumed(asked));
  time_.at += 10min;
  EXPECT_FALSE(is_resumed(asked));
}

TEST_P(TlsResumptionTest, AServerThatHasForgottenGetsAWholeHandshake) {
  const tls_request asked = ask_for(far_name, true, "192.0.2.1:25");
  EXPECT_FALSE(is_resumed(asked));
  server_ = make_server(GetParam(), GetParam());
  EXPECT_FALSE(is_resumed(asked));
  EXPECT_TRUE(is_resumed(asked));
}

TEST_P(TlsResumptionTest, ASessionThatFailedIsNotOfferedAgain) {
  const tls_request asked = ask_for(far_name, true, "192.0.2.1:25");
  EXPECT_FALSE(is_resumed(asked));
  {
    const auto cut = client_.begin(asked);
    cut->take_output();
    cut->receive_end();
    EXPECT_EQ(cut->failure(), "the peer closed during the handshake");
  }
  EXPECT_FALSE(is_resumed(asked));
}

INSTANTIATE_TEST_SUITE_P(Both, TlsResumptionTest,
                         testing::Values(tls_version::v1_2, tls_version::v1_3),
                         [](const auto& which) {
                           return which.param == tls_version::v1_2 ? "Tls12" : "Tls13";
                         });

TEST(TlsMachine, TakesBigDataInTinyPieces) {
  const set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  const auto from = client.begin(ask_for(far_name));
  const auto to = server.begin();
  carry(*from, *to, 1);
  ASSERT_EQ(from->at(), phase::open) << from->failure();
  const std::string much(100'000, 'x');
  from->write(much);
  const std::string wire = from->take_output();
  std::string read;
  for (const char each : wire) {
    to->receive(std::string_view(&each, 1));
    read += read_all(*to);
  }
  EXPECT_EQ(read, much);
}

TEST(TlsMachine, ReadsInPiecesAsSmallAsOneOctet) {
  const set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  const ends both = shake(client, server, ask_for(far_name));
  both.server->write("220 hello");
  carry(*both.client, *both.server);
  std::string all;
  char one = 0;
  while (both.client->read(std::span<char>(&one, 1)) == 1) all += one;
  EXPECT_EQ(all, "220 hello");
  EXPECT_EQ(both.client->read(std::span<char>()), 0U);
  EXPECT_EQ(both.client->at(), phase::open);
}

// What the server says is cut off after each octet.
TEST(TlsMachine, SaysThatThePeerClosedAtEachOctetOfTheHandshake) {
  const set_clock time;
  tls_client client = make_client(time);
  for (const tls_version version : {tls_version::v1_2, tls_version::v1_3}) {
    tls_server server = make_server(version, version);
    std::size_t length = 1;
    for (std::size_t cut = 0; cut < length; ++cut) {
      const auto from = client.begin(ask_for(far_name));
      const auto to = server.begin();
      to->receive(from->take_output());
      const std::string flight = to->take_output();
      length = version == tls_version::v1_3 ? flight.size() : flight.size() + 1;
      from->receive(std::string_view(flight).substr(0, cut));
      ASSERT_EQ(from->at(), phase::handshake) << cut;
      from->receive_end();
      ASSERT_EQ(from->failure(), "the peer closed during the handshake") << cut;
    }
    EXPECT_GT(length, 400U);
  }
}

// Where the records of a flight say their version, which nobody looks at (RFC 8446 section 5.1).
std::set<std::size_t> version_octets(std::string_view flight) {
  std::set<std::size_t> places;
  for (std::size_t at = 0; at + 5 <= flight.size();) {
    places.insert({at + 1, at + 2});
    const auto high = static_cast<unsigned char>(flight[at + 3]);
    const auto low = static_cast<unsigned char>(flight[at + 4]);
    at += 5 + (std::size_t{high} << 8U | low);
  }
  return places;
}

// And each octet of it is changed once: no handshake succeeds.
TEST(TlsMachine, NoOctetOfTheHandshakeMayBeChanged) {
  const set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  std::size_t length = 1;
  for (std::size_t at = 0; at < length; ++at) {
    const auto from = client.begin(ask_for(far_name));
    const auto to = server.begin();
    to->receive(from->take_output());
    std::string flight = to->take_output();
    length = flight.size();
    if (version_octets(flight).contains(at)) continue;
    flight[at] = static_cast<char>(flight[at] ^ 0x41);
    from->receive(flight);
    from->receive_end();
    ASSERT_EQ(from->at(), phase::failed) << at;
    ASSERT_NE(from->failure(), "") << at;
    from->take_output();
    ASSERT_EQ(from->take_output(), "");
  }
}

struct garbage_row {
  std::string bytes;
  const char* why;
};

TEST(TlsMachine, SaysWhatIsWrongWithTheAnswer) {
  const set_clock time;
  tls_client client = make_client(time);
  const garbage_row rows[] = {
      {"220 mx1.example.net ESMTP\r\n", "wrong version number"},
      {"HTTP/1.1 400 Bad Request\r\n\r\n", "wrong version number"},
      {std::string(5, '\0'), "wrong version number"},
      {std::string(20'000, '\xff'), "wrong version number"},
      {std::string("\x16\x03\x03\xff\xff", 5), "packet length too long"},
      {std::string("\x15\x03\x03\x00\x02\x02\x28", 7), "the peer's alert: handshake failure"},
      {std::string("\x15\x03\x03\x00\x02\x02\x46", 7), "the peer's alert: protocol version"},
      {std::string("\x15\x03\x03\x00\x02\x02\x50", 7), "the peer's alert: internal error"},
      {std::string("\x15\x03\x03\x00\x02\x02\xc8", 7), "the peer's alert: unknown"},
      {std::string("\x17\x03\x03\x00\x02hi", 7), "unexpected message"},
  };
  for (const garbage_row& row : rows) {
    const auto from = client.begin(ask_for(far_name));
    from->receive(row.bytes);
    EXPECT_EQ(from->at(), phase::failed) << row.why;
    EXPECT_EQ(from->failure(), row.why);
    from->receive("more");
    EXPECT_EQ(from->read({}), 0U);
    from->write("EHLO");
    from->close();
    EXPECT_EQ(from->failure(), row.why);
  }
}

TEST(TlsMachine, ABrokenRecordIsTheEnd) {
  const set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  const ends both = shake(client, server, ask_for(far_name));
  both.server->write("250 good\r\n");
  carry(*both.client, *both.server);
  both.server->write("250 bad\r\n");
  std::string wire = both.server->take_output();
  wire.back() = static_cast<char>(wire.back() ^ 1);
  both.client->receive(wire);
  EXPECT_EQ(read_all(*both.client), "250 good\r\n");
  EXPECT_EQ(both.client->at(), phase::failed);
  EXPECT_EQ(both.client->failure(), "decryption failed or bad record mac");
  EXPECT_NE(both.client->take_output(), "") << "the alert";
}

// What was under way before stays readable when the peer just closes.
TEST(TlsMachine, TheEndComesAfterWhatIsThere) {
  const set_clock time;
  tls_client client = make_client(time);
  tls_server server = make_server();
  const ends both = shake(client, server, ask_for(far_name));
  both.server->write("250 last words\r\n");
  const std::string wire = both.server->take_output();
  both.client->receive(wire);
  both.client->receive_end();
  EXPECT_EQ(read_all(*both.client), "250 last words\r\n");
  EXPECT_TRUE(both.client->is_at_end());
  EXPECT_EQ(both.client->at(), phase::open);
  EXPECT_EQ(both.client->failure(), "");
}

}  // namespace
}  // namespace cbv::net
