#include "telemetry/metrics.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace greenroom::telemetry {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(Metrics, AbsentOnesMayBeCalledAndSayNothing) {
  const metrics none;
  none.posts.add();
  none.rooms_live.set(3);
  none.commit_seconds.observe(0.1);
  none.http_requests.with({"chat", "200"}).add();
  EXPECT_THAT(none.text(), IsEmpty());
}

TEST(Metrics, ShowEveryFamilyByItsName) {
  const auto all = metrics::live("1.2.3");
  all.http_requests.with({"gateway", "200"}).add(2);
  all.http_request_seconds.with({"gateway"}).observe(0.003);
  all.websocket_connections.add();
  all.client_connections.with({"irc"}).add(2);
  all.irc_commands.with({"JOIN"}).add(3);
  all.irc_ended.with({"flood"}).add();
  all.rooms_live.set(7);
  all.posts.add(5);
  all.posts_refused.with({"overloaded"}).add();
  all.deliveries.add(50);
  all.commits.add();
  all.commit_entries.observe(3);
  all.commit_seconds.observe(0.0002);
  all.outbox_dropped.add(4);
  all.gaps.add();
  all.logins.with({"ok"}).add();
  all.rate_limited.with({"status"}).add();
  all.password_hash_queue.set(2);
  all.upstream_requests.with({"ok"}).add();
  all.homes.add(3);
  all.home_sessions.add(4);
  all.news.with({"added"}).add(6);
  const auto text = all.text();
  for (const char* line : {
           "greenroom_http_requests_total{code=\"200\",role=\"gateway\"} 2\n",
           "greenroom_http_request_seconds_count{role=\"gateway\"} 1\n",
           "greenroom_websocket_connections 1\n",
           "greenroom_client_connections{dialect=\"irc\"} 2\n",
           "greenroom_irc_commands_total{command=\"JOIN\"} 3\n",
           "greenroom_irc_ended_total{reason=\"flood\"} 1\n",
           "greenroom_rooms_live 7\n",
           "greenroom_posts_total 5\n",
           "greenroom_posts_refused_total{code=\"overloaded\"} 1\n",
           "greenroom_deliveries_total 50\n",
           "greenroom_commits_total 1\n",
           "greenroom_commit_entries_bucket{le=\"4\"} 1\n",
           "greenroom_commit_seconds_bucket{le=\"0.0005\"} 1\n",
           "greenroom_outbox_dropped_total 4\n",
           "greenroom_gaps_total 1\n",
           "greenroom_logins_total{result=\"ok\"} 1\n",
           "greenroom_rate_limited_total{class=\"status\"} 1\n",
           "greenroom_password_hash_queue 2\n",
           "greenroom_homes 3\n",
           "greenroom_home_sessions 4\n",
           "greenroom_news_total{kind=\"added\"} 6\n",
           "greenroom_news_total{kind=\"removed\"} 0\n",
           "greenroom_upstream_requests_total{result=\"ok\"} 1\n",
           "greenroom_build_info{version=\"1.2.3\"} 1\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, BeginAtZeroWhereTheLabelsAreKnown) {
  const auto text = metrics::live("1").text();
  for (const char* line : {
           "greenroom_posts_refused_total{code=\"unavailable\"} 0\n",
           "greenroom_links_lost_total{reason=\"silent\"} 0\n",
           "greenroom_sagas_ended_total{result=\"undone\"} 0\n",
           "greenroom_sagas{state=\"purging\"} 0\n",
       }) {
    EXPECT_THAT(text, HasSubstr(line));
  }
}

TEST(Metrics, CopiesShareTheirNumbers) {
  const auto original = metrics::live("1");
  const auto copy = original;
  copy.gaps.add();
  original.gaps.add();
  EXPECT_THAT(copy.text(), HasSubstr("greenroom_gaps_total 2\n"));
}

TEST(Metrics, GaugesFallAgain) {
  const auto all = metrics::live("1");
  all.websocket_connections.add(3);
  all.websocket_connections.sub();
  EXPECT_THAT(all.text(), HasSubstr("greenroom_websocket_connections 2\n"));
}

TEST(Metrics, CountFromManyThreadsWithoutLoss) {
  const auto all = metrics::live("1");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 10'000; ++n) all.posts_refused.with({"busy"}).add();
    });
  }
  threads.clear();
  EXPECT_THAT(all.text(), HasSubstr("greenroom_posts_refused_total{code=\"busy\"} 40000\n"));
}

TEST(Metrics, FoldTooManyLabelsIntoOther) {
  const auto all = metrics::live("1");
  for (int i = 0; i < 1'000; ++i) all.logins.with({"r" + std::to_string(i)}).add();
  EXPECT_THAT(all.text(), HasSubstr("greenroom_logins_total{result=\"r123\"} 1\n"));
  EXPECT_THAT(all.text(), Not(HasSubstr("result=\"r124\"")));
  EXPECT_THAT(all.text(), HasSubstr("greenroom_logins_total{result=\"other\"} 876\n"));
}

}  // namespace
}  // namespace greenroom::telemetry
