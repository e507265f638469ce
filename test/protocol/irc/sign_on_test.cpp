#include "test/protocol/irc/sign_on_fixture.hpp"

namespace greenroom::protocol::irc {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(IrcSignOn, AClientThatNamesAnAccountIsWelcomedAndLetIn) {
  signing_client ada;
  EXPECT_THAT(ada.says_all({"PASS Ada@phone:sesame", "NICK ada", "USER u!-x 0 * :Ada L."}), IsEmpty());
  EXPECT_EQ(ada.signing().whom.user, "Ada");
  EXPECT_EQ(ada.signing().whom.password, "sesame");
  EXPECT_FALSE(ada.signing().with_token);
  const auto said = ada.is_answered(core::user_id{"ADA"});
  EXPECT_EQ(commands_of(said), welcome_burst);
  EXPECT_EQ(said.front(), ":greenroom.irc 001 ADA :Welcome to Greenroom, ADA") << "by the name as it was first written";
  EXPECT_EQ(said.back(), ":greenroom.irc 221 ADA +i");
  ASSERT_TRUE(ada.done);
  EXPECT_EQ(ada.done->user.value, "ADA");
  EXPECT_EQ(ada.done->device, "phone");
  EXPECT_EQ(ada.done->ident, "u-x");
  EXPECT_EQ(ada.done->realname, "Ada L.");
  EXPECT_FALSE(ada.closed);
}

TEST(IrcSignOn, WhoIsWelcomedCountsAlready) {
  signing_client ada;
  ada.at.counts = {.users = 6, .unknown = 1, .local = 2, .local_most = 2, .users_most = 9};
  (void)ada.says_all({"PASS ada:sesame", "NICK ada", "USER u 0 * :A"});
  const auto said = ada.is_answered(core::user_id{"ada"});
  for (const auto* one : {":greenroom.irc 251 ada :There are 0 users and 7 invisible on 1 servers",
                          ":greenroom.irc 255 ada :I have 3 clients and 0 servers",
                          ":greenroom.irc 265 ada 3 3 :Current local users 3, max 3",
                          ":greenroom.irc 266 ada 7 9 :Current global users 7, max 9"})
    EXPECT_THAT(said, testing::Contains(one));
  EXPECT_THAT(commands_of(said), testing::Not(testing::Contains("253"))) << "known by now";
  signing_client bob;
  bob.at.counts.unknown = 1;
  const auto outside = bob.says_all({"NICK bob", "USER u 0 * :B"});
  EXPECT_THAT(outside, testing::Contains(":greenroom.irc 253 bob 1 :connection(s) not signed in")) << "not signed in";
}

TEST(IrcSignOn, FeaturesAreToldBeforeTheWelcomeAndAsABatchWhereThatIsWanted) {
  signing_client ada;
  EXPECT_EQ(commands_of(ada.says("ISUPPORT")), (texts{"005", "005", "005"}));
  (void)ada.says("CAP REQ :batch draft/extended-isupport");
  const auto said = ada.says("ISUPPORT");
  EXPECT_EQ(commands_of(said), (texts{"BATCH", "005", "005", "005", "BATCH"}));
  EXPECT_EQ(said.front(), ":greenroom.irc BATCH +isupport draft/isupport");
  EXPECT_THAT(said[1], testing::StartsWith("@batch=isupport :greenroom.irc 005 * AWAYLEN="));
  EXPECT_EQ(said.back(), ":greenroom.irc BATCH -isupport");
  (void)ada.says_all({"NICK ada", "USER u 0 * :A"});
  EXPECT_THAT(ada.says("CAP END"), testing::Contains(":greenroom.irc BATCH +isupport draft/isupport"));
}

TEST(IrcSignOn, TheOrderOfRegistrationIsFree) {
  for (const auto& order : {texts{"NICK ada", "USER u 0 * :A", "PASS ada:pw"}, {"USER u 0 * :A", "NICK ada"}}) {
    signing_client ada;
    texts all;
    for (const auto& one : order)
      for (auto& line : ada.says(one)) all.push_back(line);
    EXPECT_THAT(commands_of(all), testing::Contains("001"));
  }
  signing_client bob;  // irssi: NICK and USER behind CAP END
  EXPECT_EQ(bob.says_all({"CAP LS 302", "CAP REQ sasl", "CAP END"}).back(), ":greenroom.irc CAP * ACK :sasl");
  EXPECT_THAT(bob.says("NICK bob"), IsEmpty());
  EXPECT_THAT(commands_of(bob.says("USER b 0 * :B")), testing::Contains("001"));
}

TEST(IrcSignOn, NegotiationHoldsTheWelcomeBack) {
  signing_client ada;
  (void)ada.says_all({"CAP REQ batch", "NICK ada", "USER u 0 * :A"});
  EXPECT_EQ(ada.says("CAP LS").size(), 1u);
  EXPECT_EQ(commands_of(ada.says("CAP END"))[1], "001");
  EXPECT_TRUE(ada.machine->on().has(capability::batch));
}

TEST(IrcSignOn, PassAloneIsThePasswordOfTheNicksAccount) {
  signing_client ada;
  (void)ada.says_all({"PASS sesame", "NICK ada", "USER u 0 * :A"});
  EXPECT_EQ(ada.signing().whom.user, "ada");
  EXPECT_EQ(ada.signing().whom.password, "sesame");
}

TEST(IrcSignOn, APasswordMayBeATokenOfThatUser) {
  const std::string token = "gr_" + std::string(43, 'x');
  signing_client ada;
  (void)ada.says_all({"PASS ada:" + token, "NICK ada", "USER u 0 * :A"});
  EXPECT_TRUE(ada.signing().with_token);
  EXPECT_THAT(ada.is_answered(core::user_id{"bob"}), ElementsAre(HasSubstr(" 464 ada :"), HasSubstr("ERROR :")))
      << "somebody else's";
  EXPECT_TRUE(ada.closed);
  EXPECT_FALSE(ada.done);
}

TEST(IrcSignOn, AWrongPassEndsTheConnection) {
  signing_client ada;
  (void)ada.says_all({"PASS wrong", "NICK ada", "USER u 0 * :A"});
  EXPECT_EQ(commands_of(ada.is_answered(core::ec::bad_credentials)), (texts{"464", "ERROR"}));
  EXPECT_TRUE(ada.closed);
}

TEST(IrcSignOn, AServerThatCannotSayIsNoWrongPassword) {
  signing_client ada;
  (void)ada.says_all({"PASS right", "NICK ada", "USER u 0 * :A"});
  EXPECT_EQ(commands_of(ada.is_answered(core::ec::unavailable)), texts{"ERROR"});
  EXPECT_TRUE(ada.closed);
}

TEST(IrcSignOn, BeforeTheWelcomeNothingElseIsObeyed) {
  signing_client ada;
  EXPECT_THAT(ada.says("JOIN :"), ElementsAre(":greenroom.irc 451 * :You have not registered"));
  EXPECT_EQ(commands_of(ada.says_all({"PRIVMSG a :b", "MOTD", "NS IDENTIFY a b", "AWAY :x", "HELP"})),
            (texts{"451", "451", "451", "451", "451"}));
  EXPECT_THAT(ada.says("PING abc"), ElementsAre(":greenroom.irc PONG greenroom.irc :abc"));
  EXPECT_THAT(ada.says("PING"), ElementsAre(":greenroom.irc 461 * PING :Not enough parameters"));
  EXPECT_THAT(ada.says("PROXY TCP4 1.2.3.4 5.6.7.8 1 2"), ElementsAre(":greenroom.irc 421 * PROXY :Unknown command"));
  EXPECT_THAT(ada.says("PONG x"), IsEmpty());
  EXPECT_EQ(commands_of(ada.says("QUIT :bye")), texts{"ERROR"});
  EXPECT_TRUE(ada.closed);
}

TEST(IrcSignOn, NicksAreNamesOfAccounts) {
  signing_client ada;
  for (const auto* wrong : {"*", "1ada", "ada!",
                            "\xc3\xa4"
                            "da",
                            "deleted", "nickserv", "a23456789012345678901234567890123"})
    EXPECT_EQ(commands_of(ada.says(std::string("NICK ") + wrong)), texts{"432"}) << wrong;
  EXPECT_EQ(commands_of(ada.says_all({"NICK", "NICK :"})), (texts{"431", "431"}));
  EXPECT_THAT(ada.says_all({"USER u 0 * :A", "CAP LIST"}), ElementsAre(":greenroom.irc CAP * LIST :"));
  EXPECT_THAT(commands_of(ada.says("NICK valid")), testing::Contains("001"));
}

TEST(IrcSignOn, UserNeedsANameAndARealName) {
  signing_client ada;
  (void)ada.says("NICK ada");
  for (const auto* wrong : {"USER", "USER u 0 *", "USER u 0 * :", "USER : 0 * :A"})
    EXPECT_THAT(ada.says(wrong), ElementsAre(":greenroom.irc 461 ada USER :Not enough parameters")) << wrong;
}

TEST(IrcSignOn, BadLinesAreAnsweredByName) {
  signing_client ada;
  (void)ada.says("CAP REQ :labeled-response batch");
  EXPECT_THAT(ada.says("@label=x PRIVMSG #a :hi\xaa"),
              ElementsAre(HasSubstr("@label=x :greenroom.irc FAIL PRIVMSG INVALID_UTF8 :")));
  EXPECT_THAT(ada.says("\xff\xfe x"), ElementsAre(HasSubstr("FAIL * INVALID_UTF8 :")));
  EXPECT_THAT(ada.says("@label=y PRIVMSG #a :" + std::string(600, 'x')),
              ElementsAre("@label=y :greenroom.irc 417 * :Input line was too long"));
  EXPECT_FALSE(ada.closed);
  EXPECT_THAT(ada.says(std::string(9000, 'x')), ElementsAre(HasSubstr("ERROR :")));
  EXPECT_TRUE(ada.closed);
}

TEST(IrcSignOn, AWebPageMayNotTalkHere) {
  for (const auto* first : {"POST / HTTP/1.1", "GET / HTTP/1.1", "HEAD / HTTP/1.1"}) {
    signing_client page;
    EXPECT_THAT(page.says(first), IsEmpty());
    EXPECT_TRUE(page.closed);
  }
  signing_client ada;
  (void)ada.says("NICK ada");
  EXPECT_EQ(commands_of(ada.says("POST / HTTP/1.1")), texts{"421"});
  EXPECT_FALSE(ada.closed);
}

TEST(IrcSignOn, LabelledCommandsAreAnsweredByLabel) {
  signing_client ada;
  (void)ada.says_all({"CAP LS 302", "CAP REQ :batch labeled-response", "NICK ada"});
  EXPECT_THAT(ada.says("@label=1 USER u 0 * :A"), ElementsAre("@label=1 :greenroom.irc ACK"));
  const auto said = ada.says("@label=2 CAP END");  // Limnoria
  EXPECT_EQ(said[0], "@label=2 :greenroom.irc ACK");
  EXPECT_EQ(commands_of(said)[2], "001");
  const auto help = ada.says("@label=3 HELP JOIN");
  EXPECT_EQ(commands_of(help), (texts{"BATCH", "704", "706", "BATCH"}));
}

TEST(IrcSignOn, PreAwayIsRemembered) {
  signing_client ada;
  (void)ada.says_all({"CAP REQ :draft/pre-away", "PASS pw", "NICK ada"});
  EXPECT_EQ(commands_of(ada.says_all({"AWAY", "AWAY *"})), (texts{"305", "306"}));
  (void)ada.says_all({"USER u 0 * :A", "CAP END"});
  (void)ada.is_answered(core::user_id{"ada"});
  EXPECT_EQ(ada.done->away, "*");
  EXPECT_TRUE(ada.done->capabilities.on().has(capability::pre_away));
}

TEST(IrcSignOn, TimeIsUpAfterAMinuteBeforeTheWelcomeAndFiveBehindIt) {
  signing_client ada, bob;
  EXPECT_THAT(ada.waits_until(signing_client::start + 59s), IsEmpty());
  EXPECT_THAT(ada.waits_until(ada.machine->deadline()), ElementsAre("ERROR :Registration timeout"));
  EXPECT_EQ(ada.at.now.mono, signing_client::start + 60s);
  EXPECT_TRUE(ada.closed);
  bob.at.now.mono += 30s;
  (void)bob.says_all({"NICK bob", "USER u 0 * :B"});
  EXPECT_THAT(bob.waits_until(signing_client::start + 329s), IsEmpty());
  EXPECT_EQ(commands_of(bob.waits_until(signing_client::start + 330s)), texts{"ERROR"});
}

TEST(IrcSignOn, ATicketHasSignedInAlready) {
  signing_client ada;
  ada.already = {"ada"};
  (void)ada.says_all({"NICK other", "CAP LS 302"});
  EXPECT_EQ(commands_of(ada.says("AUTHENTICATE PLAIN")), texts{"907"});
  EXPECT_THAT(ada.says("REGISTER * * pw"), ElementsAre(HasSubstr("FAIL REGISTER ALREADY_AUTHENTICATED other :")));
  EXPECT_EQ(commands_of(ada.says_all({"CAP END", "USER u 0 * :A"})), welcome_burst);
  EXPECT_EQ(ada.done->user.value, "ada");
}

TEST(IrcSignOn, TheServersWordsHaveItsFaceAndItsCounts) {
  signing_client ada;
  ada.face = {.name = "irc.example",
              .network = "Example Net",
              .version = "greenroom-1",
              .created = "2026-12-01",
              .motd = {"Be kind.", ""},
              .info = {"A line."}};
  ada.at.counts = {.users = 9,
                   .operators = 1,
                   .unknown = 2,
                   .rooms = 3,
                   .servers = 2,
                   .local = 4,
                   .local_most = 5,
                   .users_most = 10};
  const auto said = ada.says_all({"NICK ada", "USER u 0 * :A"});
  for (const auto* line :
       {":irc.example 002 ada :Your host is irc.example, running version greenroom-1",
        ":irc.example 003 ada :This server was created 2026-12-01",
        ":irc.example 004 ada irc.example greenroom-1 Biow CIbeiklmnostv Ibeklov",
        ":irc.example 251 ada :There are 0 users and 9 invisible on 2 servers",
        ":irc.example 252 ada 1 :operator(s) online", ":irc.example 253 ada 2 :connection(s) not signed in",
        ":irc.example 254 ada 3 :rooms with people in them", ":irc.example 255 ada :I have 4 clients and 1 servers",
        ":irc.example 265 ada 4 5 :Current local users 4, max 5",
        ":irc.example 266 ada 9 10 :Current global users 9, max 10",
        ":irc.example 375 ada :- irc.example Message of the day -", ":irc.example 372 ada :- Be kind.",
        ":irc.example 376 ada :End of /MOTD command"})
    EXPECT_THAT(said, testing::Contains(line));
  EXPECT_EQ(commands_of(ada.says("VERSION")), (texts{"351", "005", "005", "005"}));
  EXPECT_THAT(ada.says("TIME"), ElementsAre(":irc.example 391 ada irc.example :1970-01-01T00:00:00.000Z"));
  EXPECT_EQ(commands_of(ada.says_all({"INFO", "MOTD", "LUSERS"})).size(), 2u + 4u + 7u);
  EXPECT_THAT(ada.says("HELP nothing"), ElementsAre(":irc.example 524 ada nothing :No help available on this topic"));
  EXPECT_THAT(ada.says("HELPOP privmsg"), ElementsAre(":irc.example 704 ada PRIVMSG :PRIVMSG target[,target] :text",
                                                      ":irc.example 706 ada PRIVMSG :End of help"));
  EXPECT_EQ(commands_of(ada.says("HELP")).front(), "704");
}

}  // namespace
}  // namespace greenroom::protocol::irc
