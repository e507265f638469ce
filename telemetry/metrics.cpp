#include "telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <initializer_list>
#include <map>
#include <mutex>
#include <vector>

#include "telemetry/process_usage.hpp"

namespace greenroom::telemetry {
namespace {

const prometheus::Histogram::BucketBoundaries seconds_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                                              0.1,    0.25,  0.5,    1,     2.5,  5,     10};
const prometheus::Histogram::BucketBoundaries entries_buckets{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024};

counter make_counter(prometheus::Registry& registry, const char* name, const char* help) {
  return counter{&prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({})};
}

gauge make_gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return gauge{&prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({})};
}

histogram make_histogram(prometheus::Registry& registry, const char* name, const char* help,
                         const prometheus::Histogram::BucketBoundaries& buckets) {
  return histogram{&prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, buckets)};
}

counter add_member(prometheus::Family<prometheus::Counter>& family, const prometheus::Labels& labels) {
  return counter{&family.Add(labels)};
}

gauge add_member(prometheus::Family<prometheus::Gauge>& family, const prometheus::Labels& labels) {
  return gauge{&family.Add(labels)};
}

histogram add_member(prometheus::Family<prometheus::Histogram>& family, const prometheus::Labels& labels) {
  return histogram{&family.Add(labels, seconds_buckets)};
}

template <class Member>
struct prometheus_type;
template <>
struct prometheus_type<counter> {
  using type = prometheus::Counter;
};
template <>
struct prometheus_type<gauge> {
  using type = prometheus::Gauge;
};
template <>
struct prometheus_type<histogram> {
  using type = prometheus::Histogram;
};

}  // namespace

void counter::add(std::uint64_t n) const noexcept {
  if (counted_ != nullptr) counted_->Increment(static_cast<double>(n));
}

void gauge::set(double to) const noexcept {
  if (moved_ != nullptr) moved_->Set(to);
}

void gauge::add(double n) const noexcept {
  if (moved_ != nullptr) moved_->Increment(n);
}

void histogram::observe(double observed) const noexcept {
  if (filled_ != nullptr) filled_->Observe(observed);
}

template <class Member, std::size_t N>
struct family<Member, N>::table {
  std::array<std::string, N> names;
  prometheus::Family<typename prometheus_type<Member>::type>* registered = nullptr;
  std::mutex lock;
  std::map<std::array<std::string, N>, Member> members;
};

template <class Member, std::size_t N>
Member family<Member, N>::with(const labels& values) const {
  if (!members_) return {};
  std::array<std::string, N> key;
  std::copy(values.begin(), values.end(), key.begin());
  const std::lock_guard guard{members_->lock};
  if (const auto known = members_->members.find(key); known != members_->members.end()) return known->second;
  if (members_->members.size() >= max_members) key.fill("other");
  prometheus::Labels named;
  for (std::size_t i = 0; i < N; ++i) named.emplace(members_->names[i], key[i]);
  return members_->members.try_emplace(key, add_member(*members_->registered, named)).first->second;
}

template class family<counter, 1>;
template class family<counter, 2>;
template class family<gauge, 1>;
template class family<gauge, 2>;
template class family<histogram, 1>;

namespace {

template <std::size_t N>
family<counter, N> make_counters(prometheus::Registry& registry, const char* name, const char* help,
                                 std::array<std::string, N> labels) {
  auto table = std::make_shared<typename family<counter, N>::table>();
  table->names = std::move(labels);
  table->registered = &prometheus::BuildCounter().Name(name).Help(help).Register(registry);
  return family<counter, N>{std::move(table)};
}

template <std::size_t N>
family<gauge, N> make_gauges(prometheus::Registry& registry, const char* name, const char* help,
                             std::array<std::string, N> labels) {
  auto table = std::make_shared<typename family<gauge, N>::table>();
  table->names = std::move(labels);
  table->registered = &prometheus::BuildGauge().Name(name).Help(help).Register(registry);
  return family<gauge, N>{std::move(table)};
}

family<histogram, 1> make_histograms(prometheus::Registry& registry, const char* name, const char* help,
                                     std::string label) {
  auto table = std::make_shared<family<histogram, 1>::table>();
  table->names = {std::move(label)};
  table->registered = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry);
  return family<histogram, 1>{std::move(table)};
}

// A rate is blind to a counter's first event unless the counter was there before, at 0.
template <class Member>
void begin_at_zero(const family<Member, 1>& members, std::initializer_list<std::string_view> known) {
  for (const auto value : known) static_cast<void>(members.with({value}));
}

void begin_at_zero(const metrics& all) {
  begin_at_zero(all.posts_refused, {"overloaded", "unavailable", "unknown_outcome", "fenced", "draining"});
  begin_at_zero(all.logins, {"ok", "refused", "overloaded", "failed"});
  begin_at_zero(all.rate_limited, {"status", "auth", "api", "send", "create", "failures"});
  begin_at_zero(all.upstream_requests, {"ok", "retried", "failed", "timeout"});
  begin_at_zero(all.room_opens, {"opened", "fenced", "failed"});
  begin_at_zero(all.links_refused, {"tls", "hello", "cluster", "version", "name", "late", "busy"});
  begin_at_zero(all.links_lost, {"closed", "silent", "overflow", "guard"});
  begin_at_zero(all.sagas, {"hiding", "purging", "undoing"});
  begin_at_zero(all.sagas_ended, {"completed", "undone"});
  begin_at_zero(all.news, {"added", "removed"});
  begin_at_zero(all.client_connections, {"lines", "json", "irc"});
  begin_at_zero(all.irc_commands, {"other"});
  begin_at_zero(all.irc_ended,
                {"quit", "refused", "silent", "slow", "endless", "flood", "draining", "signed_out", "other"});
}

}  // namespace

metrics metrics::live(std::string_view version) {
  metrics made;
  made.registry_ = std::make_shared<prometheus::Registry>();
  auto& to = *made.registry_;
  made.http_requests = make_counters<2>(to, "greenroom_http_requests_total", "HTTP answers sent", {"role", "code"});
  made.http_request_seconds =
      make_histograms(to, "greenroom_http_request_seconds", "From a request's head to its answer", "role");
  made.websocket_connections = make_gauge(to, "greenroom_websocket_connections", "Websockets open now");
  made.client_connections =
      make_gauges<1>(to, "greenroom_client_connections", "Connections of clients open now", {"dialect"});
  made.irc_commands = make_counters<1>(to, "greenroom_irc_commands_total", "Commands of IRC clients", {"command"});
  made.irc_ended =
      make_counters<1>(to, "greenroom_irc_ended_total", "IRC connections that this side ended", {"reason"});
  made.rooms_live = make_gauge(to, "greenroom_rooms_live", "Rooms with an actor on this node now");
  made.posts = make_counter(to, "greenroom_posts_total", "Posts accepted");
  made.posts_refused = make_counters<1>(to, "greenroom_posts_refused_total", "Posts refused", {"code"});
  made.deliveries = make_counter(to, "greenroom_deliveries_total", "Entries handed to connections");
  made.commits = make_counter(to, "greenroom_commits_total", "Group commits answered");
  made.commit_entries = make_histogram(to, "greenroom_commit_entries", "Entries in one group commit", entries_buckets);
  made.commit_seconds = make_histogram(to, "greenroom_commit_seconds", "Time of one group commit", seconds_buckets);
  made.outbox_dropped = make_counter(to, "greenroom_outbox_dropped_total", "Frames that a full outbox did not take");
  made.gaps = make_counter(to, "greenroom_gaps_total", "Gaps announced to slow consumers");
  made.marks_stored = make_counter(to, "greenroom_read_marks_total", "Read marks stored");
  made.entries_followed =
      make_counter(to, "greenroom_entries_followed_total", "Entries read behind the commit, for mentions and marks");
  made.follower_behind = make_gauges<1>(to, "greenroom_follower_behind_entries",
                                        "Entries that this node's follower hasn't read yet", {"duty"});
  made.mentions = make_counter(to, "greenroom_mentions_total", "People newly mentioned, once for each message");
  made.marks_dropped = make_counter(to, "greenroom_read_marks_dropped_total", "Read marks dropped, as too many waited");
  made.logins = make_counters<1>(to, "greenroom_logins_total", "Logins by result", {"result"});
  made.rate_limited = make_counters<1>(to, "greenroom_rate_limited_total", "Refusals by rate class", {"class"});
  made.logins_slowed =
      make_counter(to, "greenroom_logins_slowed_total", "Logins that were held: too many wrong passwords");
  made.password_hash_queue = make_gauge(to, "greenroom_password_hash_queue", "Password hashes waiting now");
  made.upstream_requests =
      make_counters<1>(to, "greenroom_upstream_requests_total", "Requests sent upstream by result", {"result"});
  made.upstream_circuits =
      make_gauges<2>(to, "greenroom_upstream_circuits", "Instances by the state of their circuit", {"role", "state"});
  made.outbox_bytes = make_gauge(to, "greenroom_outbox_bytes", "Bytes that wait for clients to read");
  made.post_seconds =
      make_histogram(to, "greenroom_post_seconds", "From a post's arrival at its room to its answer", seconds_buckets);
  made.room_opens = make_counters<1>(to, "greenroom_room_opens_total", "Openings of rooms by result", {"result"});
  made.rooms_fenced = make_counter(to, "greenroom_rooms_fenced_total", "Rooms that found another owner's epoch");
  made.view_version = make_gauge(to, "greenroom_view_version", "Version of the view that this node follows");
  made.nodes = make_gauge(to, "greenroom_nodes", "Nodes in the view that this node follows");
  made.links = make_gauge(to, "greenroom_links", "Links to other nodes that are up");
  made.links_refused = make_counters<1>(to, "greenroom_links_refused_total", "Links refused by reason", {"reason"});
  made.links_lost = make_counters<1>(to, "greenroom_links_lost_total", "Links lost by reason", {"reason"});
  made.link_queue_bytes = make_gauge(to, "greenroom_link_queue_bytes", "Bytes that wait for other nodes to read");
  made.sagas = make_gauges<1>(to, "greenroom_sagas", "Deletions that this gateway carries out now", {"state"});
  made.sagas_ended = make_counters<1>(to, "greenroom_sagas_ended_total", "Deletions that ended by result", {"result"});
  made.sagas_resumed = make_counter(to, "greenroom_sagas_resumed_total", "Deletions that another gateway had begun");
  made.saga_seconds =
      make_histogram(to, "greenroom_saga_seconds", "From a deletion's begin to its end", seconds_buckets);
  made.homes = make_gauge(to, "greenroom_homes", "Users whose home is on this node now");
  made.home_sessions = make_gauge(to, "greenroom_home_sessions", "Sessions registered at the homes on this node now");
  made.news = make_counters<1>(to, "greenroom_news_total", "News that homes passed on to sessions", {"kind"});
  prometheus::BuildGauge()
      .Name("greenroom_build_info")
      .Help("Always 1; the version is in the label")
      .Register(to)
      .Add({{"version", std::string{version}}})
      .Set(1);
  begin_at_zero(made);
  return made;
}

std::string metrics::text() const {
  if (!registry_) return {};
  return prometheus::TextSerializer{}.Serialize(registry_->Collect()) + process_usage();
}

}  // namespace greenroom::telemetry
