#include "protocol/irc/negotiation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "protocol/irc/line.hpp"

namespace greenroom::protocol::irc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using texts = std::vector<std::string>;

struct client {
  capability_offer offer{};
  negotiation caps{};

  texts says(std::string_view text) {
    texts out;
    speaker to("greenroom.irc", "*", out);
    caps.cap(parse(text), offer, to);
    return out;
  }
  // The names in the answers, whose lines must fit.
  std::set<std::string> names(std::string_view text) {
    std::set<std::string> all;
    for (const auto& one : says(text)) {
      EXPECT_LE(one.size(), max_body_bytes);
      std::string_view rest = std::string_view(one).substr(one.find(" :") + 2);
      while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        all.emplace(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
    }
    return all;
  }
};

TEST(IrcCapabilities, EveryNameIsThereOnce) {
  std::set<std::string_view> names;
  for (const auto& one : capability_table()) {
    EXPECT_TRUE(names.insert(one.name).second) << one.name;
    EXPECT_EQ(find_capability(one.name), &one);
  }
  EXPECT_EQ(names.size(), capability_count);
  EXPECT_EQ(find_capability("Batch"), nullptr);
}

TEST(IrcNegotiation, AListForClientsThatKnowNoValuesIsOneLineWithoutAny) {
  client ada;
  const auto said = ada.says("CAP LS");
  ASSERT_EQ(said.size(), 1u);
  EXPECT_TRUE(said[0].starts_with(":greenroom.irc CAP * LS :account-notify ")) << said[0];
  EXPECT_EQ(said[0].find('='), said[0].npos);
  EXPECT_LE(said[0].size(), max_body_bytes);
  const auto names = ada.names("CAP LS");
  EXPECT_TRUE(names.contains("sasl"));
  for (const auto* one : {"sts", "draft/multiline", "greenroom.chat/id"}) EXPECT_FALSE(names.contains(one)) << one;
  EXPECT_EQ(names.size(), capability_count - 3);
}

TEST(IrcNegotiation, Version302HasValuesAndMoreLines) {
  client ada;
  ada.offer.sts = "port=6697";
  const auto said = ada.says("CAP LS 302");
  ASSERT_GT(said.size(), 1u);
  EXPECT_TRUE(said[0].starts_with(":greenroom.irc CAP * LS * :")) << said[0];
  EXPECT_TRUE(said.back().starts_with(":greenroom.irc CAP * LS :")) << said.back();
  const auto names = ada.names("CAP LS 307");
  EXPECT_EQ(names.size(), capability_count);
  for (const auto* one : {"sasl=PLAIN", "sts=port=6697", "draft/account-registration=before-connect",
                          "draft/multiline=max-bytes=4096,max-lines=100", "greenroom.chat/id", "batch"})
    EXPECT_TRUE(names.contains(one)) << one;
  EXPECT_FALSE(ada.names("CAP LS").contains("sasl=PLAIN")) << "as that request's version has it";
}

TEST(IrcNegotiation, OnlyWhatIsOfferedIsListedAndGiven) {
  client ada;
  ada.offer.sasl = "";
  ada.offer.withheld.add(capability::account_registration);
  const auto names = ada.names("CAP LS 302");
  EXPECT_FALSE(names.contains("sasl"));
  EXPECT_FALSE(names.contains("draft/account-registration"));
  EXPECT_THAT(ada.says("CAP REQ sasl"), ElementsAre(":greenroom.irc CAP * NAK :sasl"));
  ada.offer.sts = "port=6697";
  EXPECT_THAT(ada.says("CAP REQ sts"), ElementsAre(":greenroom.irc CAP * NAK :sts")) << "it is only ever read";
}

TEST(IrcNegotiation, RequestsAreGrantedAsAWholeOrNotAtAll) {
  client ada;
  EXPECT_THAT(ada.says("CAP LIST"), ElementsAre(":greenroom.irc CAP * LIST :"));
  EXPECT_THAT(ada.says("CAP REQ :foo qux  multi-prefix bar"),
              ElementsAre(":greenroom.irc CAP * NAK :foo qux  multi-prefix bar"));
  EXPECT_TRUE(ada.caps.on().empty());
  EXPECT_THAT(ada.says("CAP REQ :multi-prefix batch "), ElementsAre(":greenroom.irc CAP * ACK :multi-prefix batch"));
  EXPECT_THAT(ada.says("CAP LIST"), ElementsAre(":greenroom.irc CAP * LIST :batch multi-prefix"));
  EXPECT_THAT(ada.says("CAP REQ :-batch multi-prefix -setname"),
              ElementsAre(":greenroom.irc CAP * ACK :-batch multi-prefix -setname"));
  EXPECT_FALSE(ada.caps.on().has(capability::batch));
  EXPECT_TRUE(ada.caps.on().has(capability::multi_prefix));
  EXPECT_THAT(ada.says("CAP REQ :"), ElementsAre(":greenroom.irc CAP * ACK :"));
}

TEST(IrcNegotiation, OfOneNameTheLastWordCounts) {
  client ada;
  EXPECT_EQ(ada.says("CAP REQ :batch -batch").size(), 1u);
  EXPECT_FALSE(ada.caps.on().has(capability::batch));
}

TEST(IrcNegotiation, EverythingCanBeAskedForAtOnce) {
  client ada;
  std::string all;
  for (const auto& one : capability_table())
    if (one.which != capability::sts) all.append(all.empty() ? "" : " ").append(one.name);
  const auto said = ada.says("CAP REQ :" + all);
  ASSERT_GT(said.size(), 1u) << "an ACK takes as many lines as it needs";
  for (const auto& one : said) EXPECT_TRUE(one.starts_with(":greenroom.irc CAP * ACK :")) << one;
  EXPECT_EQ(ada.names("CAP LIST").size(), capability_count - 1);
}

TEST(IrcNegotiation, CapNotifyComesWith302AndStays) {
  client ada, bob;
  ada.says("CAP LS 302");
  EXPECT_TRUE(ada.caps.on().has(capability::cap_notify));
  EXPECT_THAT(ada.says("CAP REQ -cap-notify"), ElementsAre(":greenroom.irc CAP * NAK :-cap-notify"));
  bob.says("CAP LS");
  EXPECT_FALSE(bob.caps.on().has(capability::cap_notify));
  EXPECT_THAT(bob.says("CAP REQ -cap-notify"), ElementsAre(":greenroom.irc CAP * ACK :-cap-notify"));
}

TEST(IrcNegotiation, OpensWithAListOrARequestAndEndsWithItsEnd) {
  client ada;
  EXPECT_FALSE(ada.caps.open());
  ada.says("CAP LIST");
  EXPECT_FALSE(ada.caps.open());
  ada.says("CAP REQ batch");
  EXPECT_TRUE(ada.caps.open());
  EXPECT_THAT(ada.says("CAP END"), IsEmpty());
  EXPECT_FALSE(ada.caps.open());
  ada.says("cap ls 302");
  EXPECT_TRUE(ada.caps.open());
}

TEST(IrcNegotiation, OtherWordsAreNamedAsWrong) {
  client ada;
  EXPECT_THAT(ada.says("CAP NOTACOMMAND"), ElementsAre(":greenroom.irc 410 * NOTACOMMAND :Invalid CAP command"));
  EXPECT_THAT(ada.says("CAP"), ElementsAre(":greenroom.irc 461 * CAP :Not enough parameters"));
}

}  // namespace
}  // namespace greenroom::protocol::irc
