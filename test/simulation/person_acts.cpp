// What a person does in a room besides writing. Those who may not are refused, and try all the same.
#include <array>

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

}  // namespace

entry_kind person::some_act(const place& in) {
  if (in.role < core::room_role::moderator && world_.random.one_in(2)) return entry_kind::erase;
  return world_.random.pick(some_acts);
}

core::act person::details_of(entry_kind kind, place& in) {
  auto& random = world_.random;
  core::act out;
  if (kind == entry_kind::erase) {
    out.target =
        in.own && random.one_in(2) ? in.own : core::seq_no{1 + random.below(in.after.value_or(in.own).value + 2)};
    return with_extra(kind, std::move(out));
  }
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
  switch (random.below(6)) {
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
  const auto number = std::to_string(++last_post_);
  post what{room, "id" + number, user_.value + " acts " + number, kind};
  what.act = std::make_shared<const core::act>(details_of(kind, in));
  what.by_request = in.at != presence::in || world_.random.one_in(3);
  what.again = world_.time.now() + what.patience;
  world_.check.posted(user_, room, what.client_id, what.text, kind, what.act);
  if (what.by_request)
    perform(what);
  else
    wire_->say(command_of(what));
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
