#include "test/simulation/follower_shell.hpp"

#include <algorithm>

#include "core/notices.hpp"
#include "test/simulation/node_shell.hpp"

namespace greenroom::simulation {
namespace {

constexpr std::uint32_t rooms_a_page = 2;

core::follower_limits small_limits() {
  core::follower_limits out;
  out.rooms = 3;
  out.entries = 12;
  out.first = 4;
  return out;
}

core::followed outcome_of(const core::follow_room& wanted, const std::vector<core::followed_log>& found,
                          const core::notices_stored& stored) {
  const auto log = std::find_if(found.begin(), found.end(), [&](const auto& one) { return one.key == wanted.key; });
  if (log == found.end()) return {wanted.key, {}, {}, true};
  const bool moved = std::find(stored.rooms.begin(), stored.rooms.end(), wanted.key) != stored.rooms.end();
  return {wanted.key, moved ? log->upto : log->cursor, log->head};
}

std::vector<core::followed> outcomes_of(const std::vector<core::follow_room>& batch,
                                        const std::vector<core::followed_log>& found,
                                        const core::notices_stored& stored) {
  std::vector<core::followed> out;
  for (const auto& wanted : batch) out.push_back(outcome_of(wanted, found, stored));
  return out;
}

}  // namespace

follower_shell::follower_shell(process& home, actor_no number, deps with)
    : actor(home, number), deps_(with), machine_(home.name(), small_limits()) {}

void follower_shell::receive(core::log_grew& news) {
  machine_.grew(news, home().now().mono);
  wake_later();
}

void follower_shell::receive(follow_view& now) {
  news_ = now.news;
  machine_.view_changed(std::move(now.view));
  wake_later();
}

void follower_shell::receive(flush_tick&) {
  if (!waking_ || home().now().mono < *waking_) return;
  waking_.reset();
  step();
  wake_later();
}

// One tick counts at a time: an earlier one replaces it.
void follower_shell::wake_later() {
  const auto due = machine_.due();
  if (!due || (waking_ && *waking_ <= *due)) return;
  waking_ = due;
  send_later(this, std::max(*due - home().now().mono, core::mono_time::duration{0}), flush_tick{});
}

void follower_shell::step() {
  const auto next = machine_.next(home().now().mono);
  if (next.scan)
    deps_.store->call<core::rooms_behind>(
        *this, false, [data = deps_.data, after = *next.scan] { return data->find_behind(after, rooms_a_page); },
        [this](const core::result<core::rooms_behind>& page) {
          machine_.found(page, home().now().mono);
          wake_later();
        });
  if (!next.batch.empty()) read(next.batch);
}

void follower_shell::read(const std::vector<core::follow_room>& batch) {
  deps_.store->call<logs>(
      *this, false, [data = deps_.data, batch] { return data->read_logs(batch); },
      [this, batch](const core::result<logs>& found) {
        if (!found) return done(found.why());
        keep(batch, *found);
      });
}

void follower_shell::keep(const std::vector<core::follow_room>& batch, const logs& found) {
  auto notices = core::notices_of(found);
  if (notices.steps.empty()) return done(outcomes_of(batch, found, {}));
  deps_.store->call<core::notices_stored>(
      *this, true, [data = deps_.data, notices] { return data->store(notices); },
      [this, batch, found](const core::result<core::notices_stored>& stored) {
        if (!stored) return done(stored.why());
        for (const auto& [room, user, seq] : stored->marks)
          send(news_, core::user_news{.user = user, .kind = core::news_kind::read, .room = room, .seq = seq});
        done(outcomes_of(batch, found, *stored));
      });
}

void follower_shell::done(const core::result<std::vector<core::followed>>& outcome) {
  machine_.done(outcome, home().now().mono);
  wake_later();
}

}  // namespace greenroom::simulation
