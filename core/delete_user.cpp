#include "core/delete_user.hpp"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

namespace greenroom::core {

std::string_view to_string(deletion_state state) noexcept {
  constexpr std::array<std::string_view, 5> words{"hiding", "purging", "completed", "undoing", "undone"};
  return words.at(static_cast<std::size_t>(state));
}

delete_user::delete_user(begin_deletion request, delete_user_limits limits, mono_time now)
    : limits_(limits), request_(std::move(request)), phase_(phase::beginning), started_(now), leased_(now) {}

delete_user::delete_user(deletion claimed, delete_user_limits limits, mono_time now)
    : limits_(limits), row_(std::move(claimed)), phase_(phase::carrying), started_(now), leased_(now) {}

template <class Step>
delete_user_effects delete_user::ask(Step step) {
  if constexpr (std::is_same_v<Step, begin_deletion>)
    asked_kind_ = kind::begin;
  else if constexpr (std::is_same_v<Step, advance_deletion>)
    asked_kind_ = kind::advance;
  else
    asked_kind_ = std::is_same_v<Step, read_deletion> ? kind::read : kind::chat;
  asked_ = ++last_number_;
  delete_user_effects out;
  out.ask = saga_step{asked_, std::move(step)};
  return out;
}

delete_user_effects delete_user::advance(deletion_state to) {
  return ask(
      advance_deletion{row_.operation, row_.lease, to, to == deletion_state::completed ? receipt_ : row_.receipt});
}

// A step at the chat database doesn't renew the lease, and may have to be repeated for long.
template <class Step>
delete_user_effects delete_user::ask_chat(Step step, mono_time now) {
  if (now - leased_ >= limits_.renew) return advance(row_.state);
  return ask(std::move(step));
}

delete_user_effects delete_user::next(mono_time now) {
  switch (phase_) {
    case phase::beginning:
      return ask(request_);
    case phase::following:
      return ask(read_deletion{row_.operation});
    case phase::carrying:
      return carry_on(now);
    case phase::over:
      break;
  }
  return {};
}

delete_user_effects delete_user::carry_on(mono_time now) {
  switch (row_.state) {
    case deletion_state::hiding:
      giving_up_ = giving_up_ || now - started_ >= limits_.deadline;
      if (giving_up_) return advance(deletion_state::undoing);
      if (effect_made_) return advance(deletion_state::purging);
      return ask_chat(hide_rooms{row_.operation, row_.lease, row_.user, row_.choices}, now);
    case deletion_state::purging:
      if (effect_made_) return advance(deletion_state::completed);
      return ask_chat(purge_rooms{row_.operation, row_.lease, row_.user, row_.choices}, now);
    case deletion_state::undoing:
      if (effect_made_) return advance(deletion_state::undone);
      return ask_chat(restore_rooms{row_.operation, row_.lease}, now);
    case deletion_state::completed:
    case deletion_state::undone:
      break;
  }
  return stop();
}

delete_user_effects delete_user::answered(std::uint64_t number, result<saga_answer> answer, mono_time now) {
  if (number != asked_ || phase_ == phase::over) return {};
  asked_ = 0;
  if (!answer) return failed(answer.why(), now);
  if (auto* row = std::get_if<deletion>(&*answer)) return heard(std::move(*row), now);
  failures_ = 0;
  effect_made_ = true;
  if (const auto* purged = std::get_if<rooms_purged>(&*answer)) {
    receipt_ = purged->receipt;
    receipt_.sessions = row_.receipt.sessions;
  }
  return next(now);
}

delete_user_effects delete_user::heard(deletion row, mono_time now) {
  const bool moved = row.state != row_.state;
  const bool reread = asked_kind_ == kind::read;
  // The answer to the first attempt got lost: that attempt wrote this row, with the first lease.
  if (phase_ == phase::beginning && row.operation == request_.operation && !row.lease) row.lease = {1};
  const bool ours = phase_ != phase::following && row.lease && (!reread || row.lease == row_.lease);
  if (phase_ == phase::beginning && ours) started_ = now;
  row_ = std::move(row);
  if (has_ended(row_.state)) return stop();
  if (!ours) {
    const bool looks = phase_ != phase::carrying;
    phase_ = phase::following;
    if (!looks) return stop();
    delete_user_effects out;
    out.pause = limits_.look_every;
    return out;
  }
  phase_ = phase::carrying;
  if (moved) effect_made_ = false;
  if (reread) {
    if (moved) return next(now);
    // The step was refused although the row allows it.
    if (row_.state != deletion_state::hiding || giving_up_) return wait();
    giving_up_ = true;
    return next(now);
  }
  failures_ = 0;
  leased_ = now;
  return next(now);
}

delete_user_effects delete_user::failed(const error& why, mono_time now) {
  const bool again = describe(why.code).retry && why.code != ec::rate_limited;
  switch (phase_) {
    case phase::beginning: {
      if (again && failures_ + 1 < limits_.begin_tries) return wait();
      phase_ = phase::over;
      delete_user_effects out;
      out.refused = why;
      return out;
    }
    case phase::following: {
      delete_user_effects out;
      out.pause = limits_.look_every;
      return out;
    }
    case phase::carrying:
      return failed_carrying(why, now);
    case phase::over:
      break;
  }
  return {};
}

delete_user_effects delete_user::failed_carrying(const error& why, mono_time now) {
  const bool of_the_row = asked_kind_ != kind::chat;
  if (why.code == ec::fenced || (of_the_row && why.code == ec::not_found)) return stop();
  if (describe(why.code).retry) return wait();
  if (asked_kind_ == kind::advance && why.code == ec::conflict) return ask(read_deletion{row_.operation});
  if (row_.state != deletion_state::hiding || giving_up_) return wait();
  giving_up_ = true;
  return next(now);
}

delete_user_effects delete_user::wait() {
  delete_user_effects out;
  out.pause = std::min(limits_.first_pause * (1u << std::min(failures_, 10u)), limits_.longest_pause);
  ++failures_;
  return out;
}

delete_user_effects delete_user::stop() {
  phase_ = phase::over;
  asked_ = 0;
  delete_user_effects out;
  out.over = true;
  return out;
}

delete_user_effects delete_user::tick(mono_time now) {
  if (asked_ != 0) return {};
  return next(now);
}

delete_user_effects delete_user::release() {
  delete_user_effects out;
  if (phase_ == phase::carrying) {
    auto last = advance_deletion{row_.operation, row_.lease, row_.state, row_.receipt, true};
    out = ask(std::move(last));
  }
  phase_ = phase::over;
  asked_ = 0;
  out.over = true;
  return out;
}

}  // namespace greenroom::core
