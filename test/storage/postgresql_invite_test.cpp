#include "test/storage/chat_fixture.hpp"
#include "test/storage/rival.hpp"

namespace greenroom::test {
namespace {

using core::ec;

/// An invite that is used while something else happens to it.
class InviteRaces : public chat_database {
 public:
  void SetUp() override {
    chat_database::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    create("hall", "ann", access::secret);
    hall = open("hall");
    ASSERT_TRUE(stores.rooms->add_invite({{"hall"}, {"ann"}, {"id"}, {"hash"}, 5, at(1000)}, 9, at(1)));
    // Numbers the people, so that what is raced with is one statement.
    ASSERT_EQ(come("bob").what, outcome::stored);
    ASSERT_EQ(append({to(hall, {entry(2, "carl", "1")})}).at(0).what, outcome::stored);
    ++hall.head;
  }
  storage::append_outcome come(const std::string& who) {
    return perform(hall, {entry_kind::add, "ann", who, {.what = {.invite = {"hash"}}}});
  }
  core::room_opened hall;
};
INSTANTIATE_TEST_SUITE_P(On, InviteRaces, testing::Values("postgresql"),
                         [](const auto& run) { return std::string(run.param); });

TEST_P(InviteRaces, ARevocationThatCameFirstCounts) {
  rival other{chat_url()};
  other.run("begin");
  other.run("delete from invites");
  auto coming = later([&] { return come("carl"); });
  EXPECT_TRUE(other.waiting(1));
  other.run("commit");
  const auto outcome_of_it = coming.get();
  EXPECT_EQ(outcome_of_it.what, outcome::refused);
  EXPECT_EQ(outcome_of_it.why, ec::gone);
  EXPECT_EQ(log(hall), (texts{"", "1"}));
  EXPECT_EQ(described("hall", "ann").members, 2u);
}

TEST_P(InviteRaces, ARevocationThatIsUndoneDoesNot) {
  rival other{chat_url()};
  other.run("begin");
  other.run("delete from invites");
  auto coming = later([&] { return come("carl"); });
  EXPECT_TRUE(other.waiting(1));
  other.run("rollback");
  EXPECT_EQ(coming.get().what, outcome::stored);
  EXPECT_EQ(other.number("select uses_left from invites"), 3);
}

TEST_P(InviteRaces, ARoomThatIsDeletedMeanwhileIsNoDeadlock) {
  rival other{chat_url()};
  other.run("begin");
  other.run("select id from rooms where name = 'hall' for update");
  auto coming = later([&] { return come("carl"); });
  EXPECT_TRUE(other.waiting(1));
  other.run("set local deadlock_timeout = '10ms'");
  other.run("delete from rooms where name = 'hall'");
  other.run("commit");
  const auto outcome_of_it = coming.get();
  EXPECT_EQ(outcome_of_it.what, outcome::refused);
  EXPECT_EQ(outcome_of_it.why, ec::gone);
}

}  // namespace
}  // namespace greenroom::test
