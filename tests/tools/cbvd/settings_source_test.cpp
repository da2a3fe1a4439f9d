#include "tools/cbvd/settings_source.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

settings settings_in(const std::string& text) {
  settings read = default_settings();
  EXPECT_THAT(read_settings(text, settings_of(read), table_lists_of(read)), IsEmpty());
  return read;
}

struct change {
  const char* text;
  const char* needs_a_restart;  // empty: it does not
};

TEST(SettingsSourceTest, WhatCanChangeAtRunTimeDoesAndTheRestIsNamed) {
  for (const auto& [text, named] : {
           change{"", ""},
           change{"log.level = \"error\"", ""},
           change{"log.target = \"syslog\"", "log.target"},
           change{"listen.tcp = [\"127.0.0.1:1\"]", "listen.tcp"},
           change{"server.clients_max = 7", ""},
           change{"server.idle_timeout = \"7s\"", ""},
           change{"server.stop_within = \"7s\"", ""},
           change{"policy_service.wait = \"7s\"", ""},
           change{"policy_service.questions = [\"sender\"]", ""},
           change{"policy_service.unix = [\"/x\"]", "policy_service.unix"},
           change{"socketmap.clients_max = 7", ""},
           change{"http.idle_timeout = \"7s\"", ""},
           change{"callbacks.in_check = true", ""},
           change{"callout.port = 26", ""},
           change{"callout.source_ipv4 = \"127.0.0.2\"", ""},
           change{"callout.own_ip = \"192.0.2.1\"", ""},
           change{"callout.tls_ca_file = \"/x\"", "callout.tls_ca_file"},
           change{"callout.callouts_max = 7", ""},
           change{"callout.waiting_max = 7", ""},
           change{"callout.greylist_retries = [\"7m\"]", ""},
           change{"callout.bookings_max = 7", "callout.bookings_max"},
           change{"callout.limits.rcpt = \"7s\"", ""},
           change{"callout.per_host.connections_max = 7", ""},
           change{"callout.breaker.first = \"7s\"", ""},
           change{"callout.opt_out.domains = [\"x.example\"]", ""},
           change{"callout.joe_job.clients = 7", ""},
           change{"callout.listing.hosts = 7", ""},
           change{"dns.cache.entries_max = 7", ""},
           change{"dns.cache.ttl_max = \"7s\"", ""},
           change{"dns.servers = [\"127.0.0.1\"]", "dns.servers"},
           change{"cache.records_max = 5000", "cache.records_max"},
           change{"advice.mode = \"observe\"", ""},
           change{"advice.reveal_remote_text = true", ""},
           change{"[[advice.rule]]\nrole = \"sender\"\nreason = \"mailbox_full\"\n"
                  "action = \"accept\"",
                  ""},
           change{"[[route]]\ndomain = \"x.example\"\nto = [\"smtp://127.0.0.1\"]", ""},
           change{"[[reply_rule]]\ncodes = \"550\"\ntext = \"go\"\nreason = \"try_later\"", ""},
           change{"[[listener]]\nprotocol = \"json\"\nunix = \"/x\"", "listener"},
       }) {
    settings present = default_settings();
    const settings next = settings_in(text);
    take_over(present, next);
    const auto keys = differing_keys(present, next, "", text);
    if (*named == '\0') {
      EXPECT_THAT(keys, IsEmpty()) << text;
    } else {
      EXPECT_THAT(keys, ElementsAre(named)) << text;
    }
  }
}

TEST(SettingsSourceTest, ListsAreComparedByWhatTheySay) {
  const std::string one = "[[route]]\ndomain = \"x\"\n";
  EXPECT_TRUE(is_same_list(one, "# said otherwise\nroute = [{domain = \"x\"}]", "route"));
  EXPECT_FALSE(is_same_list(one, "[[route]]\ndomain = \"y\"\n", "route"));
  EXPECT_FALSE(is_same_list(one, "", "route"));
  EXPECT_TRUE(is_same_list("", "advice.mode = \"observe\"", "advice.rule"));
}

TEST(SettingsSourceTest, AFileMayBeMissingOnlyWhereThatIsSaid) {
  EXPECT_TRUE((settings_source{"/nowhere/cbvd.toml", true}.load().read));
  const loaded_settings named = settings_source{"/nowhere/cbvd.toml", false}.load();
  EXPECT_FALSE(named.read);
  EXPECT_THAT(named.wrong, ElementsAre(testing::StartsWith("/nowhere/cbvd.toml: ")));
}

}  // namespace
}  // namespace cbv::cbvd
