#include "net/link_hello.hpp"

#include "net/link_silence.hpp"
#include "test/net/link_fixture.hpp"

namespace greenroom::net {
namespace {

using namespace test;
using link_hello::fault;

TEST(LinkHello, ReadsWhatItWrites) {
  const link_identity written = identity_of("a.node_with-marks");
  const std::string bytes = *link_hello::write(written);
  const auto head = link_hello::read_head(bytes.substr(0, link_hello::head_size));
  EXPECT_EQ(head.wrong, fault::none);
  EXPECT_EQ(head.rest, bytes.size() - link_hello::head_size);
  const auto read = link_hello::read_rest(bytes.substr(link_hello::head_size));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->cluster, written.cluster);
  EXPECT_EQ(read->node, written.node);
  EXPECT_EQ(read->incarnation, written.incarnation);
  EXPECT_EQ(read->users_database, written.users_database);
  EXPECT_EQ(read->chat_database, written.chat_database);
}

TEST(LinkHello, IsRefusedCutAnywhere) {
  const std::string rest = link_hello::write(identity_of("node"))->substr(link_hello::head_size);
  for (std::size_t size = 0; size < rest.size(); ++size)
    EXPECT_FALSE(link_hello::read_rest(rest.substr(0, size)).ok()) << size;
  EXPECT_TRUE(link_hello::read_rest(rest + "what a later version adds").ok());
}

TEST(LinkHello, HasNamesOfSomeLengthInAscii) {
  const std::string longest(link_hello::max_name, 'n');
  EXPECT_TRUE(link_hello::write(identity_of(longest, longest)).ok());
  for (const std::string& wrong : {""s, longest + "n", "a b"s, "a\nb"s, "\xc3\xa9"s, "a\0b"s}) {
    EXPECT_FALSE(link_hello::write(identity_of(wrong)).ok());
    EXPECT_FALSE(link_hello::write(identity_of("node", wrong)).ok());
    if (wrong.size() != 3) continue;
    std::string bytes = link_hello::write(identity_of("xyz"))->substr(link_hello::head_size);
    EXPECT_TRUE(link_hello::read_rest(bytes).ok());
    EXPECT_FALSE(link_hello::read_rest(bytes.replace(bytes.find("xyz"), 3, wrong)).ok());
  }
  link_identity wordy = identity_of("node");
  wordy.chat_database.assign(link_hello::max_database + 1, 'd');
  EXPECT_FALSE(link_hello::write(wordy).ok());
}

TEST(LinkHello, AgreesOnAVersionThatBothSpeak) {
  const auto judged = [](std::uint16_t newest, std::uint16_t oldest) {
    std::string head = link_hello::write(identity_of("node"))->substr(0, link_hello::head_size);
    head[4] = static_cast<char>(newest >> 8);
    head[5] = static_cast<char>(newest & 0xff);
    head[6] = static_cast<char>(oldest >> 8);
    head[7] = static_cast<char>(oldest & 0xff);
    return link_hello::read_head(head).wrong;
  };
  EXPECT_EQ(judged(3, 3), fault::none);
  EXPECT_EQ(judged(4, 3), fault::none);
  EXPECT_EQ(judged(3, 2), fault::none);
  EXPECT_EQ(judged(4, 4), fault::version);
  EXPECT_EQ(judged(2, 2), fault::version);
  EXPECT_EQ(judged(1, 1), fault::version);
  EXPECT_EQ(judged(0, 0), fault::version);
  EXPECT_EQ(judged(258, 257), fault::version);
  EXPECT_EQ(judged(2, 3), fault::hello);
}

TEST(LinkHello, HasABoundedHead) {
  std::string head = link_hello::write(identity_of("node"))->substr(0, link_hello::head_size);
  EXPECT_EQ(link_hello::read_head(head.substr(1)).wrong, fault::hello);
  EXPECT_EQ(link_hello::read_head("HTTP" + head.substr(4)).wrong, fault::hello);
  head[8] = static_cast<char>(link_hello::max_hello >> 8);
  head[9] = '\0';
  EXPECT_EQ(link_hello::read_head(head).wrong, fault::none);
  head[9] = '\1';
  EXPECT_EQ(link_hello::read_head(head).wrong, fault::hello);
}

TEST(LinkHello, IsJudgedByClusterAndName) {
  const link_identity self = identity_of("self");
  EXPECT_EQ(link_hello::judge(self, identity_of("peer"), {}), fault::none);
  EXPECT_EQ(link_hello::judge(self, identity_of("peer"), {"peer"}), fault::none);
  EXPECT_EQ(link_hello::judge(self, identity_of("peer"), {"Peer"}), fault::name);
  EXPECT_EQ(link_hello::judge(self, identity_of("self"), {}), fault::name);
  EXPECT_EQ(link_hello::judge(self, identity_of("peer", "other"), {"peer"}), fault::cluster);
}

TEST(LinkSilence, IsOverWithEveryByte) {
  core::mono_time now{};
  link_silence silence{4s, now};
  EXPECT_EQ(silence.tick(), 1s);
  for (int i = 0; i < 20; ++i) {
    EXPECT_FALSE(silence.is_silent(now += 1s));
    if (i % 3 == 0) silence.heard(now);
  }
}

TEST(LinkSilence, IsFoundWithinAPeriodAndATick) {
  core::mono_time now{};
  link_silence silence{4s, now};
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(silence.is_silent(now += 1s));
  EXPECT_TRUE(silence.is_silent(now += 1s));
}

TEST(LinkSilence, IsNotThePeersWhereThisProcessWasStopped) {
  core::mono_time now{};
  link_silence silence{4s, now};
  EXPECT_FALSE(silence.is_silent(now += 1s));
  EXPECT_FALSE(silence.is_silent(now += 30s));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(silence.is_silent(now += 1s));
  EXPECT_TRUE(silence.is_silent(now += 1s));
}

}  // namespace
}  // namespace greenroom::net
