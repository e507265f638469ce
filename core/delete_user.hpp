#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "core/messages/deletion.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace greenroom::core {

/// The name of a state, as it is stored and shown.
[[nodiscard]] std::string_view to_string(deletion_state state) noexcept;

/// True for `completed` and `undone`.
[[nodiscard]] constexpr bool has_ended(deletion_state state) noexcept {
  return state == deletion_state::completed || state == deletion_state::undone;
}

/// Time limits of a coordinator.
struct delete_user_limits {
  milliseconds deadline{10'000};  ///< before the pivot, from the coordinator's own start: later it undoes
  milliseconds renew{3'000};      ///< a lease that was written longer ago is renewed before the chat database is asked
  milliseconds first_pause{50};   ///< before a step is tried again; doubled each time …
  milliseconds longest_pause{2'000};  ///< … up to this
  milliseconds look_every{250};       ///< at a deletion that another coordinator carries out
  unsigned begin_tries = 2;           ///< to begin; then the asker gets the error
};

/// One thing asked of a participant: the first three of the accounts, the others of a catalog.
struct saga_step {
  std::uint64_t number = 0;  ///< comes back with the answer
  std::variant<begin_deletion, advance_deletion, read_deletion, hide_rooms, restore_rooms, purge_rooms> what;
};
/// The answer of a participant; `done` for restored rooms.
using saga_answer = std::variant<deletion, rooms_hidden, done, rooms_purged>;

/// The effects of one input on a coordinator, to be carried out top to bottom.
struct delete_user_effects {
  std::optional<saga_step> ask;       ///< answered by `answered`, or `unavailable` where there is no answer
  std::optional<milliseconds> pause;  ///< then call `tick`
  std::optional<error> refused;       ///< it couldn't begin: tell those who wait, and stop
  bool over = false;                  ///< ended, or another coordinator's now: give `row` to those who wait, and stop
};

/// Deletes a user from two databases: both parts or neither.
///
///   beginning ──begun──► hiding ──hidden──► [pivot] ──► purging ──purged──► [finish] ──► completed
///       │ │                │ refused, or the deadline                 (repeats for ever)
///       │ │                ▼
///       │ │            [undo] ──► undoing ──restored──► [undone] ──► undone
///       │ └─another one began it earlier──► following ──it ended──► over
///       └─refused─► over
///
/// In brackets: a row of the users database changes before the next effect. The states are the row's, and the row
/// decides: where an answer was lost, the step is repeated, and where one doesn't fit, the row is read again. One step
/// is asked at a time. A coordinator with a lower lease than the row's is refused with `fenced`, and stops.
class delete_user {
 public:
  /// Begins a deletion.
  delete_user(begin_deletion request, delete_user_limits limits, mono_time now);
  /// Carries on one that was claimed.
  delete_user(deletion claimed, delete_user_limits limits, mono_time now);

  /// The answer to the step of that number; another one's is ignored.
  delete_user_effects answered(std::uint64_t number, result<saga_answer> answer, mono_time now);
  /// The first step, and the next one after a pause; nothing while a step is out.
  delete_user_effects tick(mono_time now);
  /// Lets the lease go and stops.
  delete_user_effects release();

  /// The deletion as last heard of; without an operation before it has begun.
  [[nodiscard]] const deletion& row() const noexcept { return row_; }
  [[nodiscard]] bool begun() const noexcept { return phase_ != phase::beginning; }
  /// Another coordinator carries it out, and this one only looks.
  [[nodiscard]] bool following() const noexcept { return phase_ == phase::following; }

 private:
  enum class phase : std::uint8_t { beginning, following, carrying, over };

  delete_user_effects next(mono_time now);
  delete_user_effects carry_on(mono_time now);
  delete_user_effects failed(const error& why, mono_time now);
  delete_user_effects failed_carrying(const error& why, mono_time now);
  delete_user_effects heard(deletion row, mono_time now);
  delete_user_effects stop();
  delete_user_effects wait();
  template <class Step>
  delete_user_effects ask(Step step);
  delete_user_effects advance(deletion_state to);
  template <class Step>
  delete_user_effects ask_chat(Step step, mono_time now);

  delete_user_limits limits_;
  begin_deletion request_;
  deletion row_;
  phase phase_;
  mono_time started_;
  mono_time leased_;  // when the lease was last written
  std::uint64_t last_number_ = 0;
  std::uint64_t asked_ = 0;  // the step that is out; 0: none
  enum class kind : std::uint8_t { begin, advance, read, chat } asked_kind_ = kind::begin;
  unsigned failures_ = 0;     // in a row
  bool effect_made_ = false;  // the chat part of the row's state
  bool giving_up_ = false;    // before the pivot: undo
  deletion_receipt receipt_;  // of the purge
};

}  // namespace greenroom::core
