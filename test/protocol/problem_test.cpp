#include "protocol/problem.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

#include "core/messages/act.hpp"

namespace greenroom::protocol {
namespace {

using nlohmann::ordered_json;

TEST(Problem, HasTheFieldsOfRfc9457InOrder) {
  EXPECT_EQ(problem({core::ec::taken, "", 0}, "r-1"),
            R"({"type":"/docs/errors#taken","title":"The name is taken.","status":409,"detail":"The name is taken.",)"
            R"("code":"taken","request_id":"r-1"})");
}

TEST(Problem, EveryCodeHasATypeOfItsOwnAndTheStatusOfTheTable) {
  for (const auto& row : core::error_table()) {
    const auto json = ordered_json::parse(problem({row.code, "why", 0}, "r"));
    EXPECT_EQ(json["status"], row.http_status);
    EXPECT_EQ(json["code"], row.word);
    EXPECT_EQ(json["type"], problem_type(row.code));
    EXPECT_EQ(json["title"], row.sentence);
  }
}

TEST(Problem, ALimitIsTheRegisteredTypeAndNamesItsPolicy) {
  const auto json = ordered_json::parse(problem({core::ec::rate_limited, "", 7}, "r", "status"));
  EXPECT_EQ(json["type"], "https://iana.org/assignments/http-problem-types#quota-exceeded");
  EXPECT_EQ(json["violated-policies"], (ordered_json{"status"}));
  EXPECT_FALSE(ordered_json::parse(problem({core::ec::rate_limited, "", 7}, "r")).contains("violated-policies"));
}

TEST(Problem, DetailsOfAnInternalErrorStayInside) {
  EXPECT_EQ(problem({core::ec::internal, "accounts.cpp", 0}, "r").find("accounts"), std::string::npos);
  EXPECT_EQ(problem({static_cast<core::ec>(99), "accounts.cpp", 0}, "r").find("accounts"), std::string::npos);
}

TEST(Problem, OfASanctionSaysByWhomWhyAndUntilWhen) {
  const core::wall_time noon{std::chrono::sys_days{std::chrono::year{2026} / 12 / 1} + std::chrono::hours{12}};
  const auto muted = std::make_shared<const core::sanction>(core::sanction{{"bob"}, {"Ada"}, "spam", noon});
  EXPECT_EQ(problem({core::ec::muted, "", 0, muted}, "r-1"),
            R"({"type":"/docs/errors#muted","title":"You are muted in this room.","status":403,)"
            R"("detail":"You are muted in this room. By Ada, until 2026-12-01T12:00:00Z: spam","code":"muted",)"
            R"("by":"Ada","why":"spam","until":"2026-12-01T12:00:00.000Z","request_id":"r-1"})");
  const auto unknown = std::make_shared<const core::sanction>(core::sanction{{"bob"}});
  EXPECT_EQ(problem({core::ec::banned, "", 0, unknown}, "r-1"), problem({core::ec::banned, "", 0}, "r-1"));
}

TEST(Problem, WhateverTheClientWroteTheAnswerIsJson) {
  const auto json = ordered_json::parse(problem({core::ec::bad_request, "\"\x01\xff", 0}, "\xfe"));
  EXPECT_EQ(json["detail"], "The request is malformed.");
  EXPECT_FALSE(json.contains("request_id"));
  EXPECT_EQ(ordered_json::parse(problem({core::ec::bad_request, "\"\x01\n", 0}, "a\"b"))["request_id"], "a\"b");
}

TEST(Problem, TheTypesLeadToThePageOfErrors) {
  const auto page = error_page();
  for (const auto& row : core::error_table().subspan(1)) {
    EXPECT_NE(page.find("<tr id=\"" + std::string(row.word) + "\">"), page.npos) << row.word;
    EXPECT_EQ(row.sentence.find_first_of("<&"), row.sentence.npos) << row.word;
  }
}

}  // namespace
}  // namespace greenroom::protocol
