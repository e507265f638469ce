#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "net/http/answer_counts.hpp"

namespace greenroom::net::http {
namespace {

bool has(const std::string& text, const std::string& line) { return text.find(line + "\n") != std::string::npos; }

TEST(AnswerCounts, KeepEachStatusOfEachRoleApart) {
  const auto metrics = telemetry::metrics::live("test");
  const auto users = count_answers("users", metrics), chat = count_answers("chat", metrics);
  for (const unsigned status : {200u, 200u, 404u, 999u}) users(status, 0.5);
  chat(200, 0.25);
  const auto text = metrics.text();
  EXPECT_TRUE(has(text, R"(greenroom_http_requests_total{code="200",role="users"} 2)")) << text;
  EXPECT_TRUE(has(text, R"(greenroom_http_requests_total{code="404",role="users"} 1)"));
  EXPECT_TRUE(has(text, R"(greenroom_http_requests_total{code="999",role="users"} 1)"));
  EXPECT_TRUE(has(text, R"(greenroom_http_requests_total{code="200",role="chat"} 1)"));
  EXPECT_TRUE(has(text, R"(greenroom_http_request_seconds_sum{role="users"} 2)"));
}

TEST(AnswerCounts, LoseNothingOfThreadsThatSeeAStatusFirst) {
  const auto metrics = telemetry::metrics::live("test");
  const auto count = count_answers("chat", metrics);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&count] {
      for (unsigned status = 200; status < 300; ++status) count(status, 0);
    });
  for (auto& one : threads) one.join();
  const auto text = metrics.text();
  for (unsigned status = 200; status < 300; ++status)
    EXPECT_TRUE(has(text, "greenroom_http_requests_total{code=\"" + std::to_string(status) + "\",role=\"chat\"} 4"))
        << status;
}

}  // namespace
}  // namespace greenroom::net::http
