// What a person does in a room besides writing. Those who may not are refused, and try all the same.
#include <array>

#include "core/direct.hpp"
#include "test/simulation/acts.hpp"
#include "test/simulation/person.hpp"

namespace greenroom::simulation {
namespace {

using core::entry_kind;

constexpr milliseconds longest_sanction{10'000};  // shorter than the calm after the faults

constexpr std::array some_acts{
    entry_kind::erase,  entry_kind::erase,    entry_kind::erase,    entry_kind::ban,      entry_kind::ban,
    entry_kind::unban,  entry_kind::unban,    entry_kind::unban,    entry_kind::mute,     entry_kind::mute,
    entry_kind::unmute, entry_kind::unmute,   entry_kind::unmute,   entry_kind::remove,   entry_kind::add,
    entry_kind::add,    entry_kind::add,      entry_kind::role,     entry_kind::role,     entry_kind::role,
    entry_kind::role,   entry_kind::settings, entry_kind::settings, entry_kind::settings,
};

constexpr std::array acts_on_messages{
    entry_kind::edit,    entry_kind::edit,  entry_kind::edit,  entry_kind::react,
    entry_kind::react,   entry_kind::react, entry_kind::react, entry_kind::unreact,
    entry_kind::unreact, entry_kind::pin,   entry_kind::unpin, entry_kind::erase,
};
constexpr std::array<const char*, 7> marks{"+1", "-1", "ok", "no", "ha", "oh", "eh"};

}  // namespace

entry_kind person::some_act(const place& in) {
  if (in.role < core::room_role::moderator && world_.random.one_in(2)) return entry_kind::erase;
  return world_.random.pick(some_acts);
}

core::act person::details_of(entry_kind kind, place& in) {
  auto& random = world_.random;
  core::act out;
  if (core::is_on_message(kind)) return act_on_message(kind, in);
  if (kind == entry_kind::settings) {
    out.set = some_settings();
    return with_extra(kind, std::move(out));
  }
  out.subject = random.one_in(25) ? core::user_id{"nobody"} : random.pick(cluster_.people);
  if (random.one_in(12)) out.subject = user_;
  const bool lifts = kind == entry_kind::unban || kind == entry_kind::unmute;
  if (lifts && !in.shut_up.value.empty() && !random.one_in(4)) out.subject = in.shut_up;
  if (kind == entry_kind::role) {
    out.role = random.one_in(2) ? core::room_role::moderator : core::room_role::member;
    if (random.one_in(8)) out.role = core::room_role::owner;
  }
  const bool shuts_up = kind == entry_kind::ban || kind == entry_kind::mute;
  if (shuts_up) in.shut_up = out.subject;
  if (shuts_up && !random.one_in(4)) {
    const auto wait = random.between(milliseconds{200}, longest_sanction);
    out.until = world_.wall() + std::chrono::duration_cast<milliseconds>(wait);
  }
  return with_extra(kind, std::move(out));
}

core::settings_change person::some_settings() {
  auto& random = world_.random;
  core::settings_change out;
  switch (random.below(7)) {
    case 6:
      out.set(core::setting::edit_window);
      out.to.edit_window_s = random.one_in(2) ? 86'400 : static_cast<std::uint32_t>(3 * random.below(2));
      break;
    case 0:
      out.set(core::setting::access);
      out.to.access = static_cast<core::room_access>(random.below(3));
      break;
    case 1:
    case 2:
      out.set(core::setting::post);
      out.to.post = random.one_in(2) ? core::room_posting::all : static_cast<core::room_posting>(random.below(3));
      break;
    case 3:
      out.set(core::setting::slow);
      out.to.slow_s = static_cast<std::uint32_t>(random.below(3));
      break;
    case 4:
      out.set(core::setting::title);
      out.to.title = "title" + std::to_string(random.below(4));
      break;
    default:
      out.set(core::setting::topic);
      out.to.topic = "topic" + std::to_string(random.below(4));
  }
  return out;
}

// By the websocket, where they are in, or by a request.
void person::run(const core::room_id& room) {
  auto& in = places_[room];
  if (in.role == core::room_role::outsider && !world_.random.one_in(4)) return;
  const auto kind = some_act(in);
  post what{room, {}, user_.value + " acts", kind};
  what.act = std::make_shared<const core::act>(details_of(kind, in));
  begin(in, std::move(what));
}

// To a message that they have seen, mostly one of the last.
void person::touch(const core::room_id& room) {
  auto& in = places_[room];
  auto& random = world_.random;
  auto kind = random.pick(acts_on_messages);
  if (kind == entry_kind::unreact && !in.reacted) kind = entry_kind::react;
  if (kind == entry_kind::unpin && !in.pinned) kind = entry_kind::pin;
  post what{room, {}, user_.value + " acts", kind};
  what.act = std::make_shared<const core::act>(act_on_message(kind, in));
  if (kind == entry_kind::edit) what.text += some_mention();
  if (kind == entry_kind::react) what.text = random.pick(marks);
  if (kind == entry_kind::unreact) what.text = in.mark;
  begin(in, std::move(what));
}

core::act person::act_on_message(entry_kind kind, place& in) {
  auto& random = world_.random;
  core::act out;
  out.target = some_message(in);
  const auto mostly = [&](core::seq_no one) {
    if (one && !random.one_in(6)) out.target = one;
  };
  if (kind == entry_kind::edit) mostly(in.own);
  if (kind == entry_kind::erase && random.one_in(2)) mostly(in.own);
  if (kind == entry_kind::unreact) mostly(in.reacted);
  if (kind == entry_kind::unpin) mostly(in.pinned);
  return out;
}

std::string person::some_mention() {
  return world_.random.one_in(4) ? " @" + world_.random.pick(cluster_.people).value : std::string{};
}

core::seq_no person::some_message(place& in) {
  auto& random = world_.random;
  if (!in.words.empty() && !random.one_in(8)) return random.pick(in.words);
  return {1 + random.below(in.after.value_or(in.own).value + 2)};
}

void person::begin(place& in, post what) {
  const auto number = std::to_string(++last_post_);
  const bool is_mark = what.kind == entry_kind::react || what.kind == entry_kind::unreact;
  what.client_id = "id" + number;
  if (!is_mark) what.text += " " + number;
  what.by_request = in.at != presence::in || world_.random.one_in(3);
  what.again = world_.time.now() + what.patience;
  world_.check.posted(user_, what.room, what.client_id, what.text, what.kind, what.act);
  if (what.by_request)
    perform(what);
  else
    speak(command_of(what));
  mine_.push_back(std::move(what));
}

void person::perform(const post& what) {
  auto* const at = some_node(&part::chat);
  if (at == nullptr) return;
  core::perform_act wanted{what.room, user_, {0, what.client_id, what.text, what.kind, what.act}};
  call<core::act_performed>(
      *at, at->catalog, std::move(wanted),
      [this, room = what.room, id = what.client_id, text = what.text](const core::result<core::act_performed>& done) {
        if (!done) return refused(room, id, done.why());
        if (done->entry.seq) world_.check.acknowledged(done->generation, done->entry.seq, user_, id, text);
        settle(room, id);
      });
}

}  // namespace greenroom::simulation
