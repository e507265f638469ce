#include "test/simulation/journal_shell.hpp"

#include "test/simulation/room_shell.hpp"

namespace greenroom::simulation {
namespace {

constexpr std::uint32_t tail = 20;  // at least as many as an append has

}  // namespace

void journal_shell::flush_later() {
  if (!std::exchange(flushing_, true)) send(self(this), flush_tick{});
}

void journal_shell::receive(append_entries& request) {
  const auto entries = request.append.entries.size();
  if (machine_.add(std::move(request.append), handle_cast<room_shell>(sender()), entries)) flush_later();
}

void journal_shell::receive(reopen_room& request) {
  opens_.emplace_back(std::move(request.request), handle_cast<room_shell>(sender()));
  flush_later();
}

void journal_shell::receive(const check_epoch& request) {
  checks_.emplace_back(request, handle_cast<room_shell>(sender()));
  flush_later();
}

void journal_shell::receive(const check_epochs& request, promise<epochs_checked> owed) {
  deps_.store->call<epochs_checked>(
      *this, false, [data = deps_.data, rooms = request.rooms] { return epochs_checked{data->standings(rooms)}; },
      [owed](core::result<epochs_checked> answer) mutable { owed.keep(std::move(answer)); });
}

void journal_shell::receive(read_newest_view, promise<newest_view> owed) {
  deps_.store->call<newest_view>(
      *this, false, [data = deps_.data] { return newest_view{data->newest_view()}; },
      [owed](core::result<newest_view> answer) mutable { owed.keep(std::move(answer)); });
}

void journal_shell::receive(core::open_room& request, promise<core::room_opened> owed) {
  opens_.emplace_back(std::move(request), std::move(owed));
  flush_later();
}

void journal_shell::receive(flush_tick) {
  flushing_ = false;
  open_rooms();
}

// Each of these begins the next when it is done: the thread does one thing at a time.
void journal_shell::open_rooms() {
  if (opens_.empty()) return answer_checks();
  std::vector<core::open_room> wanted;
  std::vector<opener> askers;
  for (auto& [request, whom] : std::exchange(opens_, {})) {
    wanted.push_back(std::move(request));
    askers.push_back(std::move(whom));
  }
  deps_.store->call<opened>(
      *this, true,
      [data = deps_.data, wanted] {
        opened out;
        for (const auto& one : wanted) out.push_back(data->open(one, tail));
        return out;
      },
      [this, askers](core::result<opened> answer) mutable {
        for (std::size_t i = 0; i < askers.size(); ++i) {
          auto one = answer ? std::move((*answer)[i]) : core::result<core::room_opened>(answer.why());
          if (const auto* whom = std::get_if<room>(&askers[i]))
            send(*whom, room_reopened{std::move(one)});
          else
            std::get<promise<core::room_opened>>(askers[i]).keep(std::move(one));
        }
        answer_checks();
      });
}

void journal_shell::answer_checks() {
  if (checks_.empty()) return commit();
  auto checks = std::exchange(checks_, {});
  std::vector<core::room_key> keys;
  for (const auto& [check, whom] : checks) keys.push_back(check.room);
  deps_.store->call<std::vector<room_row>>(
      *this, false, [data = deps_.data, keys] { return data->standings(keys); },
      [this, checks](const core::result<std::vector<room_row>>& answer) {
        for (const auto& [check, whom] : checks) {
          auto newest = answer ? core::result<core::room_standing>(core::room_standing{}) : answer.why();
          if (answer)
            for (const auto& one : *answer)
              if (one.room == check.room) newest = one.standing;
          send(whom, epoch_checked{std::move(newest), check.asked});
        }
        commit();
      });
}

void journal_shell::commit() {
  auto group = machine_.take();
  const auto done = [this] {
    if (machine_.flushed()) flush_later();
  };
  if (group.empty()) return done();
  using results = std::vector<core::append_result>;
  deps_.store->call<results>(
      *this, true,
      [data = deps_.data, appends = std::move(group.appends)] {
        results out;
        for (const auto& one : appends) out.push_back(data->append(one));
        return out;
      },
      [this, done, askers = std::move(group.askers)](const core::result<results>& answer) {
        using kind = core::append_result::kind;
        const auto failed = answer.code() == ec::unavailable ? kind::unavailable : kind::unknown;
        for (std::size_t i = 0; i < askers.size(); ++i)
          send(askers[i], entries_appended{answer ? (*answer)[i] : core::append_result{failed, {}}});
        done();
      });
}

}  // namespace greenroom::simulation
