#include <string>

#include "test/storage/chat_fixture.hpp"

namespace greenroom::test {
namespace {

/// When devices of people who speak IRC were last there.
class StoredDevices : public chat_database {
 public:
  core::ec note(const std::string& user, const std::string& device, long long when) {
    return stores.rooms->note_device({{user}, device, at(when)}).code();
  }
  long long seen(const std::string& user, const std::string& device) {
    const auto found = stores.rooms->find_device({{user}, device});
    EXPECT_TRUE(found) << found.why().text();
    return found ? found->seen.time_since_epoch().count() : -1;
  }
};
GREENROOM_ON_EACH_DATABASE(StoredDevices);

TEST_P(StoredDevices, AreRememberedEachForItself) {
  EXPECT_EQ(seen("ann", "phone"), 0);
  ASSERT_EQ(note("Ann", "phone", 5), core::ec::none);
  ASSERT_EQ(note("ann", "", 6), core::ec::none);
  ASSERT_EQ(note("bob", "phone", 7), core::ec::none);
  reopen_unless_memory();
  EXPECT_EQ(seen("ANN", "phone"), 5);
  EXPECT_EQ(seen("ann", ""), 6) << "all that have no name";
  EXPECT_EQ(seen("ann", "Phone"), 0) << "clients name them as they like";
  ASSERT_EQ(note("ann", "phone", 9), core::ec::none);
  ASSERT_EQ(note("ann", "phone", 8), core::ec::none);
  EXPECT_EQ(seen("ann", "phone"), 9) << "never back";
}

TEST_P(StoredDevices, AreAHundredOfAPerson) {
  for (int n = 1; n <= 101; ++n) ASSERT_EQ(note("ann", "d" + std::to_string(n), n == 3 ? 500 : n), core::ec::none);
  EXPECT_EQ(seen("ann", "d1"), 0);
  EXPECT_EQ(seen("ann", "d2"), 2);
  ASSERT_EQ(note("ann", "new", 600), core::ec::none);
  EXPECT_EQ(seen("ann", "d2"), 0);
  EXPECT_EQ(seen("ann", "d3"), 500);
  EXPECT_EQ(seen("ann", "new"), 600);
}

TEST_P(StoredDevices, GoWithTheirPerson) {
  ASSERT_EQ(note("ann", "phone", 5), core::ec::none);
  ASSERT_EQ(note("bob", "phone", 5), core::ec::none);
  EXPECT_EQ(stores.rooms->list_people({}, 10)->size(), 2u);
  ASSERT_TRUE(stores.rooms->hide_rooms({{"op"}, {1}, {"ann"}}, at(9)));
  EXPECT_EQ(note("ann", "laptop", 9), core::ec::conflict) << "a late one";
  ASSERT_TRUE(stores.rooms->purge_rooms({{"op"}, {1}, {"ann"}}, 100, at(9)));
  EXPECT_EQ(seen("ann", "phone"), 0);
  EXPECT_EQ(seen("bob", "phone"), 5);
}

}  // namespace
}  // namespace greenroom::test
