#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/client_messages.hpp"
#include "core/messages/accounts.hpp"
#include "core/messages/catalog.hpp"
#include "core/messages/counts.hpp"
#include "core/messages/devices.hpp"
#include "core/messages/direct.hpp"
#include "core/messages/marks.hpp"
#include "core/messages/room.hpp"
#include "core/messages/user.hpp"
#include "core/ports.hpp"
#include "core/result.hpp"
#include "core/session.hpp"
#include "core/time.hpp"
#include "protocol/dialect.hpp"

/// The seam for dialects whose connections have a state of their own, as those of IRC have.
namespace greenroom::protocol {

/// Asks the relay of a room where the connection is: who is there?
struct names_here {
  core::room_id room;
};

/// Asks the users role whether somebody is an admin of the server who knows that password.
struct prove_admin {
  core::user_id user;
  std::string password;
};
struct admin_proved {
  core::user_id user;  ///< as the name was first written
};

/// Questions of a talk to catalogs, to the users role, to the homes of users, to a room where the connection is, and to
/// its relay.
using talk_question =
    std::variant<core::enter_room, core::open_direct, core::list_rooms, core::list_members, core::list_sanctions,
                 core::find_users, core::who_is, names_here, core::find_time, core::list_recent, core::read_history,
                 core::find_mark, core::find_device, core::note_device, core::invite_person, core::perform_act,
                 core::count_people, prove_admin>;
using talk_answer =
    std::variant<core::room_entered, core::room_list, core::member_list, core::sanction_list, core::users_found,
                 core::who_are, core::room_members, core::time_found, core::recent_rooms, core::history_page,
                 core::mark_found, core::device_found, core::device_noted, core::person_invited, core::act_performed,
                 core::people_counted, admin_proved>;

/// The answer of that type; null: there is none, and `code` says why.
template <class Answer>
[[nodiscard]] const Answer* answer_as(const core::result<talk_answer>& answer) noexcept {
  return answer ? std::get_if<Answer>(&*answer) : nullptr;
}

/// How the only user of a `who_is` looks; null: they aren't online, or nobody could say.
[[nodiscard]] inline const core::user_state* state_in(const core::result<talk_answer>& answer) noexcept {
  const auto* known = answer_as<core::who_are>(answer);
  return known != nullptr && !known->users.empty() ? &known->users.front().state : nullptr;
}

/// The only user of a `find_users`, as the name was first written; null: there is nobody, or nobody could say.
[[nodiscard]] inline const core::user_id* user_in(const core::result<talk_answer>& answer) noexcept {
  const auto* found = answer_as<core::users_found>(answer);
  return found != nullptr && !found->users.empty() ? &found->users.front() : nullptr;
}

/// Whether a client that has said an entry of this kind need not hear it again.
[[nodiscard]] constexpr bool is_said(core::entry_kind kind) noexcept {
  using enum core::entry_kind;
  return core::is_words(kind) || kind == tag || kind == react || kind == unreact;
}

/// The words of a connection's own user that its relays leave out of what it hears.
struct own_words {
  std::string ids;        ///< the ids of this connection's posts begin so; empty: it is no talk's
  bool posted = true;     ///< hears its own messages
  bool elsewhere = true;  ///< hears those that its user writes on other connections in direct rooms
};

/// The effects of one input on a talk, to be carried out in their order.
namespace talk_effect {
/// To the client: written already.
struct say {
  std::string frames;
};
/// To `core::connection`.
struct command {
  core::client_command what;
};
/// To the room's relay, before the post of that id: its echo carries this tag.
struct expect {
  core::room_id room;
  std::string id;
  std::string tag;  ///< `label` or `batch`
  std::string value;
};
/// Answered by `talk::answered` with that number.
struct ask {
  std::uint64_t number = 0;
  talk_question what;
};
/// To the room's relay: these frames, then everything from `next` on.
struct open {
  core::room_id room;
  std::string frames;
  core::seq_no next;
};
/// From now on the connection hears with these features.
struct hear {
  features with{};
  own_words own;
};
/// So many frames are dealt with: the socket reads on.
struct release {
  std::uint32_t count = 0;
};
/// How the user looks from this connection, now that it changed.
struct look {
  core::connection_face face;
};
/// To the home of a user.
struct tell {
  core::user_news what;
};
/// `talk::seen` is called whenever these users look otherwise; for others, no more.
struct watch {
  std::vector<core::user_id> begin{}, end{};
};
struct close {
  core::ec why = core::ec::none;
  std::string reason;
};
using any = std::variant<say, command, expect, ask, open, hear, release, look, tell, watch, close>;
}  // namespace talk_effect
using talk_effects = std::vector<talk_effect::any>;

/// The machine of one signed-in connection, between its frames and `core::connection`: it hears frames and events, says
/// frames, and gives commands. Pure. A dialect without a state has none.
class talk {
 public:
  virtual ~talk() = default;

  /// The connection is there; before all else.
  virtual talk_effects arrived(core::instant now) = 0;
  /// It ends: `by_us`, or because the client's socket is gone. Only questions are carried out then, and nobody hears
  /// their answers.
  virtual talk_effects ended(bool by_us, core::instant now) = 0;
  /// A frame of the client. It waits for its turn.
  virtual void frame(std::string text) = 0;
  /// The limit by which the next frame is counted; nothing where none waits, or it can't be dealt with yet.
  [[nodiscard]] virtual std::optional<core::limit_class> next() const = 0;
  /// Whether frames wait, also where none can be dealt with yet.
  [[nodiscard]] virtual bool has_frames() const = 0;
  /// Deals with the next frame.
  virtual talk_effects go_on(core::instant now) = 0;
  /// An event that `core::connection` has for the client; or news.
  virtual talk_effects event(const core::client_event& what, core::instant now) = 0;
  /// A post is durable.
  virtual talk_effects stored(const core::room_id& room, const std::string& id, core::seq_no seq,
                              core::instant now) = 0;
  /// A room lets the connection in: `talk_effect::open` is to follow.
  virtual talk_effects joined(const core::room_id& room, const core::room_joined& answer, core::instant now) = 0;
  /// The hubs were told to let the connection hear the room, or to hear it no more.
  virtual talk_effects opened(const core::room_id& room, core::instant now) = 0;
  virtual talk_effects left(const core::room_id& room, core::instant now) = 0;
  /// The hubs were told of own posts, up to there.
  virtual talk_effects told(const core::room_id& room, core::seq_no upto, core::instant now) = 0;
  /// The connection isn't in the room any more.
  virtual talk_effects out_of(const core::room_id& room, const core::error& why, core::instant now) = 0;
  virtual talk_effects answered(std::uint64_t number, const core::result<talk_answer>& answer, core::instant now) = 0;
  /// A user who is watched looks so by now, or the connection's own.
  virtual talk_effects seen(const core::user_seen& what, core::instant now) = 0;
  /// The words that others in that room hear of the connection, which leaves it now.
  [[nodiscard]] virtual core::farewell farewell(const core::room_id& room) const = 0;
  /// Time passes: once a second while it is `busy`.
  virtual talk_effects tick(core::instant now) = 0;
  [[nodiscard]] virtual bool busy() const = 0;
  /// The same as the last `talk_effect::hear`.
  [[nodiscard]] virtual const own_words& own() const = 0;
};

}  // namespace greenroom::protocol
