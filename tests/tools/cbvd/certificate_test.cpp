#include "tools/cbvd/certificate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/temporary_folder.hpp"
#include "tools/cbv-sim/certificates.hpp"

namespace cbv::cbvd {
namespace {

using testing::StartsWith;

class CertificateTest : public testing::Test {
 protected:
  // In place of the file, as those do who renew certificates: never half of it.
  void write(const std::string& name, const std::string& content) {
    const std::string path = folder_.inside(name);
    std::ofstream(path + ".new") << content;
    std::filesystem::rename(path + ".new", path);
  }
  void write_pair(const sim::certified& with) {
    write("certificate", with.certificate_pem);
    write("key", with.key_pem);
  }
  sim::certified issue() const {
    return authority_.issue(sim::certificate_kind::good, {"cbv.example.net"});
  }

  temporary_folder folder_;
  sim::certificate_authority authority_;
  certificate keys_{{folder_.inside("certificate"), folder_.inside("key"), {}}};
};

TEST_F(CertificateTest, IsReadAnewWhenItHasChanged) {
  write_pair(issue());
  EXPECT_EQ(keys_.read(), "");
  EXPECT_FALSE(keys_.has_changed());
  const auto first = keys_.keys();
  ASSERT_NE(first, nullptr);
  write_pair(issue());
  EXPECT_TRUE(keys_.has_changed());
  EXPECT_EQ(keys_.keys(), first) << "until it is read";
  EXPECT_EQ(keys_.read(), "");
  EXPECT_NE(keys_.keys(), first);
  EXPECT_FALSE(keys_.has_changed());
}

TEST_F(CertificateTest, TheOldOneStaysWhereTheNewOneIsNoGood) {
  EXPECT_THAT(keys_.read(), StartsWith(folder_.inside("certificate") + ": No such file"));
  EXPECT_EQ(keys_.keys(), nullptr);
  write_pair(issue());
  EXPECT_EQ(keys_.read(), "");
  const auto first = keys_.keys();
  const sim::certified next = issue();
  write("certificate", next.certificate_pem);
  EXPECT_TRUE(keys_.has_changed());
  EXPECT_THAT(keys_.read(), StartsWith(folder_.inside("certificate") + ": the server's key"))
      << "it is of the old one";
  EXPECT_EQ(keys_.keys(), first);
  EXPECT_FALSE(keys_.has_changed()) << "it is complained of once";
  write("key", next.key_pem);
  EXPECT_TRUE(keys_.has_changed());
  EXPECT_EQ(keys_.read(), "");
  EXPECT_NE(keys_.keys(), first);
  std::filesystem::remove(folder_.inside("key"));
  EXPECT_TRUE(keys_.has_changed());
  EXPECT_THAT(keys_.read(), StartsWith(folder_.inside("key") + ": No such file"));
  EXPECT_NE(keys_.keys(), nullptr);
}

TEST_F(CertificateTest, TheKeyMayBeInTheSameFile) {
  const sim::certified with = issue();
  write("certificate", with.key_pem + with.certificate_pem);
  certificate one({folder_.inside("certificate"), {}, {}});
  EXPECT_EQ(one.read(), "");
}

TEST_F(CertificateTest, ThoseForClientsAreSome) {
  write_pair(issue());
  certificate one(
      {folder_.inside("certificate"), folder_.inside("key"), folder_.inside("clients")});
  for (const char* content : {"", "nonsense\n"}) {
    write("clients", content);
    EXPECT_NE(one.read(), "") << content;
  }
  write("clients", authority_.pem());
  EXPECT_EQ(one.read(), "");
}

}  // namespace
}  // namespace cbv::cbvd
