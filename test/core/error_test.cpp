#include "core/error.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <string>

#include "core/result.hpp"

namespace greenroom::core {
namespace {

TEST(Error, EveryCodeHasItsRow) {
  std::size_t expected = 0;
  for (const auto& row : error_table()) {
    EXPECT_EQ(static_cast<std::size_t>(row.code), expected++);
    EXPECT_EQ(&describe(row.code), &row);
  }
  EXPECT_EQ(error_table().back().code, ec::blocked);
}

TEST(Error, WordsAreUniqueSnakeCaseAndFoundAgain) {
  std::set<std::string_view> words;
  for (const auto& row : error_table()) {
    EXPECT_TRUE(words.insert(row.word).second) << row.word;
    EXPECT_EQ(row.word.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"), row.word.npos) << row.word;
    EXPECT_EQ(error_by_word(row.word), row.code);
  }
  EXPECT_EQ(error_by_word("no_such_word"), std::nullopt);
  EXPECT_EQ(error_by_word(""), std::nullopt);
}

TEST(Error, ValuesAreTheWireAndStay) {
  EXPECT_EQ(static_cast<int>(ec::bad_request), 1);
  EXPECT_EQ(static_cast<int>(ec::unauthorized), 11);
  EXPECT_EQ(static_cast<int>(ec::rate_limited), 28);
  EXPECT_EQ(static_cast<int>(ec::http_version), 40);
  EXPECT_EQ(static_cast<int>(ec::no_user), 41);
  EXPECT_EQ(static_cast<int>(ec::suspended), 42);
}

TEST(Error, ACodeFromANewerNodeIsInternal) {
  EXPECT_EQ(describe(static_cast<ec>(200)).code, ec::internal);
  EXPECT_EQ(to_string(static_cast<ec>(255)), "internal");
}

TEST(Error, EveryRowIsDocumentedUnderItsAnchor) {
  std::ifstream file{GREENROOM_TEST_DATA "/../../docs/protocol.md"};
  std::stringstream text;
  text << file.rdbuf();
  for (const auto& row : error_table().subspan(1)) {
    const auto line = "| <a id=\"" + std::string(row.word) + "\"></a>`" + std::string(row.word) + "` | " +
                      std::to_string(row.http_status) + " | " +
                      (row.close_code == 0 ? "" : std::to_string(row.close_code) + " ") + "| " +
                      (row.retry ? "yes " : "") + "| " + std::string(row.sentence) + " |";
    EXPECT_NE(text.str().find(line), std::string::npos) << line;
  }
}

TEST(Error, StatusesAreErrorsAndRetryMeansLater) {
  for (const auto& row : error_table().subspan(1)) {
    EXPECT_GE(row.http_status, 400) << row.word;
    EXPECT_LT(row.http_status, 600) << row.word;
    const bool temporary = row.http_status >= 502 && row.http_status <= 504;
    const bool timing = row.http_status == 408 || row.http_status == 429;
    EXPECT_EQ(row.retry, temporary || timing || row.code == ec::internal) << row.word;
  }
}

TEST(Error, CloseCodesAreOnesThatMayBeSent) {
  for (const auto& row : error_table()) {
    const bool registered = row.close_code >= 1000 && row.close_code <= 1014;
    const bool own = row.close_code == 4400 + row.http_status % 100 && row.http_status / 100 == 4;
    EXPECT_TRUE(row.close_code == 0 || registered || own || row.code == ec::gone) << row.word;
    for (const int never : {1004, 1005, 1006, 1010}) EXPECT_NE(row.close_code, never) << row.word;
  }
  EXPECT_EQ(describe(ec::gone).close_code, 4404);
  EXPECT_EQ(describe(ec::idle).close_code, 4408);
  EXPECT_EQ(describe(ec::invalid_token).close_code, 4401);
  EXPECT_EQ(describe(ec::draining).close_code, 1012);
  EXPECT_EQ(describe(ec::too_slow).close_code, 1013);
  EXPECT_EQ(describe(ec::too_big).close_code, 1009);
}

TEST(Error, SentencesFitAClosingFrame) {
  for (const auto& row : error_table()) {
    EXPECT_LE(row.sentence.size(), 123u) << row.word;
    EXPECT_EQ(row.sentence.back(), '.') << row.word;
  }
}

TEST(Result, HoldsAValueOrWhyThereIsNone) {
  const result<int> good{7};
  EXPECT_TRUE(good.ok());
  EXPECT_EQ(*good, 7);
  EXPECT_EQ(good.code(), ec::none);
  const result<int> bad{error{ec::taken, "ada", 3}};
  EXPECT_FALSE(bad);
  EXPECT_EQ(bad.code(), ec::taken);
  EXPECT_EQ(bad.why(), (error{ec::taken, "ada", 3}));
}

TEST(Result, AnErrorWithoutDetailSaysTheTablesSentence) {
  EXPECT_EQ((error{ec::taken, "", 0}).text(), "The name is taken.");
  EXPECT_EQ((error{ec::taken, "Ada is.", 0}).text(), "Ada is.");
}

}  // namespace
}  // namespace greenroom::core
