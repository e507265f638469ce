#include "test/protocol/irc/sign_on_fixture.hpp"

namespace greenroom::protocol::irc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto jilles = "AUTHENTICATE amlsbGVzAGppbGxlcwBzZXNhbWU=";  // jilles, sesame

TEST(IrcSignOnSasl, SignsInBeforeTheWelcome) {
  signing_client ada;
  (void)ada.says_all({"CAP REQ sasl", "NICK foo"});
  EXPECT_THAT(ada.says("AUTHENTICATE PLAIN"), ElementsAre("AUTHENTICATE +"));
  EXPECT_THAT(ada.says("USER u 0 * :A"), IsEmpty()) << "doesn't end the exchange";
  EXPECT_THAT(ada.says(jilles), IsEmpty());
  EXPECT_TRUE(ada.machine->waiting());
  EXPECT_EQ(ada.signing().whom.user, "jilles");
  EXPECT_THAT(ada.is_answered(core::user_id{"jilles"}),
              ElementsAre(":greenroom.irc 900 foo foo!~u@user-foo jilles :You are now logged in as jilles",
                          ":greenroom.irc 903 foo :SASL authentication successful"));
  EXPECT_THAT(ada.says("AUTHENTICATE PLAIN"), ElementsAre(HasSubstr(" 907 foo :")));
  const auto said = ada.says("CAP END");
  EXPECT_EQ(commands_of(said), welcome_burst);
  EXPECT_THAT(said.front(), HasSubstr(" 001 jilles :"));
  EXPECT_EQ(ada.done->user.value, "jilles");
}

TEST(IrcSignOnSasl, EachFaultHasItsNumericAndTheFourthEnds) {
  signing_client ada;
  EXPECT_THAT(ada.says("AUTHENTICATE *"), ElementsAre(":greenroom.irc 906 * :SASL authentication aborted"));
  EXPECT_THAT(ada.says("AUTHENTICATE FOO"), ElementsAre(":greenroom.irc 908 * PLAIN :are available SASL mechanisms",
                                                        ":greenroom.irc 904 * :SASL authentication failed"));
  (void)ada.says("AUTHENTICATE PLAIN");
  EXPECT_THAT(ada.says("AUTHENTICATE " + std::string(450, 'A')),
              ElementsAre(":greenroom.irc 905 * :SASL message too long"));
  (void)ada.says_all({"AUTHENTICATE PLAIN", jilles});
  EXPECT_EQ(commands_of(ada.is_answered(core::ec::bad_credentials)), texts{"904"});
  EXPECT_FALSE(ada.closed);
  (void)ada.says("AUTHENTICATE PLAIN");
  EXPECT_EQ(commands_of(ada.says("AUTHENTICATE !!!")), (texts{"904", "ERROR"}));
  EXPECT_TRUE(ada.closed);
}

TEST(IrcSignOnSasl, CanBeTriedAgain) {
  signing_client ada;
  (void)ada.says_all({"AUTHENTICATE PLAIN", jilles});
  EXPECT_EQ(commands_of(ada.is_answered(core::ec::bad_credentials)), texts{"904"});
  (void)ada.says_all({"AUTHENTICATE PLAIN", jilles});
  EXPECT_EQ(commands_of(ada.is_answered(core::user_id{"jilles"})), (texts{"900", "903"}));
}

constexpr auto scram_first = "AUTHENTICATE biwsbj1hZGFAcGhvbmUscj1hYmM=";     // n,,n=ada@phone,r=abc
constexpr auto scram_last = "AUTHENTICATE Yz1iaXdzLHI9YWJjZGVmLHA9QUFBQQ==";  // c=biws,r=abcdef,p=AAAA

TEST(IrcSignOnSasl, ScramConvincesBothSides) {
  signing_client ada;
  ada.settings.offer.sasl += ",SCRAM-SHA-256";
  (void)ada.says_all({"CAP REQ sasl", "NICK ada", "USER u 0 * :A"});
  EXPECT_THAT(ada.says_all({"AUTHENTICATE SCRAM-SHA-256", scram_first}), ElementsAre("AUTHENTICATE +"));
  ASSERT_TRUE(ada.asked);
  EXPECT_EQ(std::get<core::find_scram>(*ada.asked).user.value, "ada");
  EXPECT_THAT(ada.is_answered(account_answer{{}, {}, {"c2FsdA==", 4096, "def"}}),
              ElementsAre("AUTHENTICATE cj1hYmNkZWYscz1jMkZzZEE9PSxpPTQwOTY="));  // r=abcdef,s=c2FsdA==,i=4096
  EXPECT_THAT(ada.says(scram_last), IsEmpty());
  EXPECT_EQ(ada.signing().whom.user, "ada");
  EXPECT_EQ(ada.signing().proof.message, "n=ada@phone,r=abc,r=abcdef,s=c2FsdA==,i=4096,c=biws,r=abcdef");
  EXPECT_EQ(ada.signing().proof.proof, std::string(3, '\0'));
  EXPECT_THAT(ada.is_answered(account_answer{{"ada"}, "foo", {}}), ElementsAre("AUTHENTICATE dj1abTl2"));  // v=Zm9v
  EXPECT_EQ(commands_of(ada.says("AUTHENTICATE +")), (texts{"900", "903"}));
  (void)ada.says("CAP END");
  ASSERT_TRUE(ada.done);
  EXPECT_EQ(ada.done->user.value, "ada");
  EXPECT_EQ(ada.done->device, "phone");
}

TEST(IrcSignOnSasl, ScramOfAWrongPasswordEndsWithoutASignature) {
  signing_client ada;
  ada.settings.offer.sasl += ",SCRAM-SHA-256";
  (void)ada.says_all({"NICK ada", "AUTHENTICATE SCRAM-SHA-256", scram_first});
  EXPECT_EQ(commands_of(ada.is_answered(core::ec::bad_credentials)), texts{"904"}) << "nobody has such keys";
  (void)ada.says_all({"AUTHENTICATE SCRAM-SHA-256", scram_first});
  (void)ada.is_answered(account_answer{{}, {}, {"c2FsdA==", 4096, "def"}});
  (void)ada.says(scram_last);
  EXPECT_EQ(commands_of(ada.is_answered(core::ec::bad_credentials)), texts{"904"});
  EXPECT_THAT(ada.says("AUTHENTICATE SCRAM-SHA-256"), ElementsAre("AUTHENTICATE +")) << "it can be tried again";
}

TEST(IrcSignOnSasl, RegistrationEndsAnExchangeThatHasNoAnswer) {
  signing_client ada;
  (void)ada.says_all({"CAP LS 302", "AUTHENTICATE PLAIN", "NICK ada", "USER u 0 * :A"});
  const auto said = ada.says("CAP END");
  EXPECT_EQ(commands_of(said)[0], "906");
  EXPECT_THAT(commands_of(said), testing::Contains("001"));
  EXPECT_FALSE(ada.done);
}

TEST(IrcSignOnSasl, TheAnswerToALabelledQuestionHasItsLabel) {
  signing_client ada;
  (void)ada.says_all({"CAP REQ :labeled-response batch", "AUTHENTICATE PLAIN", std::string("@label=7 ") + jilles});
  const auto said = ada.is_answered(core::user_id{"jilles"});
  EXPECT_EQ(commands_of(said), (texts{"BATCH", "900", "903", "BATCH"}));
  EXPECT_TRUE(said[0].starts_with("@label=7 "));
}

TEST(IrcSignOnRegister, MakesTheNicksAccountAndSignsIn) {
  signing_client ada;
  (void)ada.says_all({"CAP REQ :draft/account-registration", "NICK ada"});
  EXPECT_THAT(ada.says("REGISTER * * sesame"), IsEmpty());
  EXPECT_EQ(ada.making().user.value, "ada");
  EXPECT_EQ(ada.making().password, "sesame");
  EXPECT_THAT(ada.is_answered(core::user_id{"ada"}), IsEmpty());
  EXPECT_EQ(ada.signing().whom.password, "sesame");
  EXPECT_THAT(ada.is_answered(core::user_id{"ada"}),
              ElementsAre(":greenroom.irc REGISTER SUCCESS ada :The account is made.",
                          ":greenroom.irc 900 ada ada!~u@user-ada ada :You are now logged in as ada"));
  (void)ada.says("USER u 0 * :A");
  EXPECT_EQ(commands_of(ada.says("CAP END")), welcome_burst);
  EXPECT_TRUE(ada.done);
}

TEST(IrcSignOnRegister, EachRefusalHasItsCode) {
  signing_client ada;
  EXPECT_THAT(ada.says("REGISTER * * pw"), ElementsAre(HasSubstr("FAIL REGISTER NEED_NICK * :")));
  (void)ada.says("NICK ada");
  EXPECT_THAT(ada.says("REGISTER bob * pw"), ElementsAre(HasSubstr("FAIL REGISTER ACCOUNT_NAME_MUST_BE_NICK bob :")));
  EXPECT_EQ(commands_of(ada.says("REGISTER * *")), texts{"461"});
  for (const auto& [code, word] : {std::pair{core::ec::taken, "ACCOUNT_EXISTS"},
                                   {core::ec::bad_name, "BAD_ACCOUNT_NAME"},
                                   {core::ec::bad_password, "UNACCEPTABLE_PASSWORD"},
                                   {core::ec::rate_limited, "TEMPORARILY_UNAVAILABLE"},
                                   {core::ec::unavailable, "TEMPORARILY_UNAVAILABLE"}}) {
    (void)ada.says("REGISTER ADA * pw");
    EXPECT_THAT(ada.is_answered(code), ElementsAre(HasSubstr(std::string("FAIL REGISTER ") + word + " ada :")));
  }
  (void)ada.says("REGISTER * * pw");
  (void)ada.is_answered(core::user_id{"ada"});
  EXPECT_THAT(ada.is_answered(core::ec::unavailable),
              ElementsAre(HasSubstr("FAIL REGISTER TEMPORARILY_UNAVAILABLE ada :The account is made")));
  EXPECT_FALSE(ada.closed);
}

TEST(IrcSignOnRegister, TheOperatorSaysWhen) {
  signing_client ada, bob;
  ada.settings.making = account_making::registered;
  (void)ada.says("NICK ada");
  EXPECT_THAT(ada.says("REGISTER * * pw"), ElementsAre(HasSubstr("FAIL REGISTER COMPLETE_CONNECTION_REQUIRED ada :")));
  (void)ada.says("USER u 0 * :A");
  EXPECT_THAT(ada.says("REGISTER * * pw"), IsEmpty());
  EXPECT_EQ(ada.making().user.value, "ada");
  bob.settings.making = account_making::off;
  (void)bob.says_all({"NICK bob", "USER u 0 * :B"});
  EXPECT_THAT(bob.says("REGISTER * * pw"), ElementsAre(HasSubstr("FAIL REGISTER TEMPORARILY_UNAVAILABLE bob :")));
  EXPECT_THAT(bob.says("NS REGISTER pw"), ElementsAre(HasSubstr("NOTICE bob :No accounts")));
}

TEST(IrcSignOnOutside, SaysHowToSignInAndDoesNothingElse) {
  signing_client ada;
  const auto said = ada.says_all({"NICK ada", "USER u 0 * :A"});
  auto expected = welcome_burst;
  expected.insert(expected.begin(), "FAIL");
  expected.insert(expected.end(), 3, "NOTICE");
  EXPECT_EQ(commands_of(said), expected);
  EXPECT_THAT(said.front(), HasSubstr("FAIL * ACCOUNT_REQUIRED :"));
  EXPECT_FALSE(ada.done);
  EXPECT_EQ(commands_of(ada.says("JOIN #a,#b")), (texts{"477", "477"}));
  EXPECT_THAT(ada.says("privmsg bob :hi"), ElementsAre(HasSubstr("FAIL PRIVMSG ACCOUNT_REQUIRED :")));
  EXPECT_THAT(ada.says_all({"MODE ada +i", "WHO ada", "AWAY :x"}), testing::Each(HasSubstr(" ACCOUNT_REQUIRED :")));
  EXPECT_EQ(commands_of(ada.says_all({"NONSENSE", "USER a b c d", "PASS x"})), (texts{"421", "462", "462"}));
  EXPECT_THAT(ada.says("NICK bob"), ElementsAre(":ada!~u@user-ada NICK bob"));
  EXPECT_THAT(ada.says("NICK bob"), IsEmpty());
}

TEST(IrcSignOnOutside, ThePrivateServiceKnowsTwoWords) {
  signing_client ada;
  (void)ada.says_all({"NICK ada", "USER u 0 * :A"});
  EXPECT_THAT(ada.says("PRIVMSG NickServ :HELP"),
              ElementsAre(HasSubstr(":NickServ!NickServ@greenroom.irc NOTICE ada :I know")));
  (void)ada.says("PRIVMSG nickserv :identify sesame");
  EXPECT_EQ(ada.signing().whom.user, "ada");
  EXPECT_EQ(ada.signing().whom.password, "sesame");
  EXPECT_EQ(commands_of(ada.is_answered(core::ec::bad_credentials)), texts{"NOTICE"});
  (void)ada.says("NS IDENTIFY Bob@phone two words");
  EXPECT_EQ(ada.signing().whom.user, "Bob");
  EXPECT_EQ(ada.signing().whom.device, "phone");
  EXPECT_EQ(ada.signing().whom.password, "two words");
  const auto said = ada.is_answered(core::user_id{"Bob"});
  EXPECT_EQ(commands_of(said), (texts{"900", "NOTICE", "NICK"}));
  EXPECT_EQ(said.back(), ":ada!~u@user-ada NICK Bob");
  ASSERT_TRUE(ada.done);
  EXPECT_EQ(ada.done->user.value, "Bob");
  EXPECT_EQ(ada.done->device, "phone");
}

TEST(IrcSignOnOutside, TheServiceMakesAccountsToo) {
  signing_client ada;
  (void)ada.says_all({"NICK ada", "USER u 0 * :A", "NICKSERV :REGISTER sesame ada@example.com"});
  EXPECT_EQ(ada.making().password, "sesame");
  EXPECT_THAT(ada.is_answered(core::ec::taken), ElementsAre(HasSubstr("NOTICE ada :")));
  (void)ada.says("NS REGISTER sesame");
  (void)ada.is_answered(core::user_id{"ada"});
  EXPECT_EQ(ada.signing().whom.password, "sesame");
  EXPECT_EQ(commands_of(ada.is_answered(core::user_id{"ada"})), (texts{"900", "NOTICE"}));
  EXPECT_TRUE(ada.done);
}

TEST(IrcSignOnOutside, SaslAndRegisterWorkThereAsWell) {
  signing_client ada, bob;
  (void)ada.says_all({"NICK ada", "USER u 0 * :A", "AUTHENTICATE PLAIN", jilles});
  EXPECT_EQ(commands_of(ada.is_answered(core::user_id{"jilles"})), (texts{"900", "903", "NICK"}));
  EXPECT_TRUE(ada.done);
  (void)bob.says_all({"NICK bob", "USER u 0 * :B", "REGISTER bob * pw"});
  (void)bob.is_answered(core::user_id{"bob"});
  EXPECT_EQ(commands_of(bob.is_answered(core::user_id{"bob"})), (texts{"REGISTER", "900"}));
  EXPECT_TRUE(bob.done);
}

TEST(IrcSignOnOutside, FourWrongPasswordsEndIt) {
  signing_client ada;
  (void)ada.says_all({"NICK ada", "USER u 0 * :A"});
  for (int i = 0; i < 4; ++i) {
    EXPECT_FALSE(ada.closed);
    (void)ada.says("NS IDENTIFY wrong");
    (void)ada.is_answered(core::ec::bad_credentials);
  }
  EXPECT_TRUE(ada.closed);
}

TEST(IrcSignOn, WherePasswordsCouldBeReadNoneIsTaken) {
  signing_client ada;
  ada.settings.takes_passwords = false;
  ada.settings.safe_port = "6697";
  (void)ada.says("NICK ada");
  EXPECT_EQ(commands_of(ada.says("AUTHENTICATE PLAIN")), (texts{"904", "NOTICE"}));
  const auto said = ada.says("REGISTER * * pw");
  EXPECT_EQ(commands_of(said), (texts{"FAIL", "NOTICE"}));
  EXPECT_THAT(said[1], HasSubstr("TLS to port 6697"));
  EXPECT_FALSE(ada.asked);
  EXPECT_EQ(commands_of(ada.says("PASS ada:pw")), (texts{"464", "NOTICE", "ERROR"}));
  EXPECT_TRUE(ada.closed);
}

}  // namespace
}  // namespace greenroom::protocol::irc
