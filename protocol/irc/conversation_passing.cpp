// A conversation's TAGMSG, requests of clients to each other, and words to some in a room: most of it isn't stored.
#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/conversation_walk.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr core::seconds typing_pause{3};  // clients say so with every key, and others show it for longer

std::optional<core::typing_state> typing_from(std::string_view tags) {
  const auto word = tag_value(tags, "+typing");
  if (!word) return std::nullopt;
  if (*word == "active") return core::typing_state::active;
  if (*word == "paused") return core::typing_state::paused;
  if (*word == "done") return core::typing_state::done;
  return std::nullopt;
}

std::optional<std::string> tag_or_draft(std::string_view tags, std::string_view name) {
  if (auto value = tag_value(tags, "+draft/" + std::string(name))) return value;
  return tag_value(tags, "+" + std::string(name));
}

// Whether tags are only about typing, which has an event of its own.
bool only_typing(std::string_view tags) {
  while (!tags.empty()) {
    const auto key = take_tag(tags).key;
    if (key != "+typing" && key != "+reply" && key != "+draft/reply" && key != "+channel-context") return false;
  }
  return true;
}

bool is_kept(std::string_view tags) {
  return tag_value(tags, "+draft/persist") || tag_or_draft(tags, "react") || tag_or_draft(tags, "unreact");
}

core::post tag_post(std::string_view tags) {
  core::post made{.kind = core::entry_kind::tag};
  made.act = std::make_shared<const core::act>(core::act{.extra = kept_as_extra(tags, {})});
  return made;
}

// A reaction to a message that is known.
std::optional<core::post> reaction_in(std::string_view tags, core::generation_id log) {
  const auto about = message_from(tag_or_draft(tags, "reply").value_or(""));
  if (!about || about->generation != log) return std::nullopt;
  for (const auto kind : {core::entry_kind::react, core::entry_kind::unreact}) {
    const auto sign = tag_or_draft(tags, kind == core::entry_kind::react ? "react" : "unreact");
    if (!sign || sign->empty() || sign->size() > core::max_mark_bytes) continue;
    core::post made{.text = *sign, .kind = kind};
    made.act = std::make_shared<const core::act>(core::act{.target = about->seq});
    return made;
  }
  return std::nullopt;
}

}  // namespace

// ---- TAGMSG ----------------------------------------------------------------------------------------------------

void conversation::run(tag_command& what, const answer_ptr& by) {
  if (what.to.size() > 1) open_batch_of_echoes(by);
  for (const auto& one : what.to)
    if (const auto* wrong = std::get_if<complaint>(&one))
      to(by).complain("TAGMSG", *wrong);
    else if (!what.tags.empty())
      tag_to(std::get<message_target>(one), what.tags, by);
}

void conversation::tag_to(const message_target& target, const std::string& tags, const answer_ptr& by) {
  const bool person = target.is_person();
  const auto room = room_of(target);
  const auto name = named_target(target);
  if (person && find(room) == nullptr) {
    if (!is_kept(tags)) return;
    return with_direct(target.user, by, [this, room, name, tags, by] { tag_in(room, name, tags, by); });
  }
  if (!person && inside(room) == nullptr) return to(by).numeric(numeric::err_cannotsendtochan, {name});
  if (target.to == message_target::reach::room || person) return tag_in(room, name, tags, by);
  auto made = tag_post(tags);
  made.heard_by = target.to == message_target::reach::voiced ? core::earshot::voiced : core::earshot::moderators;
  pass(room, name, std::move(made), by);
}

void conversation::tag_in(const core::room_id& room, std::string target, const std::string& tags,
                          const answer_ptr& by) {
  auto* const where = find(room);
  if (where == nullptr) return;
  if (const auto state = typing_from(tags)) {
    if (where->typing != state || now_.mono - where->typing_told >= typing_pause) {
      where->typing = state;
      where->typing_told = now_.mono;
      order(core::client_typing{room, *state});
    }
    if (only_typing(tags)) return;
  }
  if (!is_kept(tags)) return pass(room, std::move(target), tag_post(tags), by);
  auto reaction = reaction_in(tags, where->generation);
  act(room, reaction ? *std::move(reaction) : tag_post(tags), {}, by);
}

// ---- CTCP, and `@#room` ----------------------------------------------------------------------------------------

void conversation::pass_to(const message_target& target, const message_command& what, const answer_ptr& by) {
  const bool person = target.is_person();
  const auto room = room_of(target);
  core::post made{.text = what.text, .kind = what.kind};
  made.extra = kept_as_extra(what.tags, what.cuts, bot_);
  if (target.to == message_target::reach::operators) made.heard_by = core::earshot::moderators;
  if (target.to == message_target::reach::voiced) made.heard_by = core::earshot::voiced;
  if (person ? find(room) != nullptr : inside(room) != nullptr)
    return pass(room, named_target(target), std::move(made), by);
  if (by->silent) return;
  if (!person) return to(by).numeric(numeric::err_cannotsendtochan, {named_target(target)});
  // Nobody hears it who has never been written to; but whether there is such a person is told.
  ++by->waits_for;
  ask(core::find_users{{target.user}}, [this, user = target.user, by](const auto& got) {
    const auto* found = answer_as<core::users_found>(got);
    if (found != nullptr && found->users.empty()) to(by).numeric(numeric::err_nosuchnick, {user.value});
    one_done(by);
  });
}

void conversation::pass(const core::room_id& room, std::string target, core::post what, const answer_ptr& by) {
  core::client_send post{room, next_id(), what.text, what.kind, what.act};
  post.extra = what.extra;
  post.passing = true;
  post.heard_by = what.heard_by;
  post_under_way how{room, std::move(target), by, what.kind};
  how.passing =
      std::make_shared<const core::note_passing>(core::note_passing{.user = who_.user,
                                                                    .kind = what.kind,
                                                                    .id = post.client_id,
                                                                    .text = what.text,
                                                                    .extra = what.act ? what.act->extra : what.extra,
                                                                    .heard_by = what.heard_by,
                                                                    .at = now_.wall});
  put(std::move(post), std::move(how));
}

// The author's own copy of something that passed.
void conversation::echo_passing(const post_under_way& post) {
  const auto* const where = find(post.room);
  if (where == nullptr || !own_.posted) return;
  put_lines([&](frame_writer& out) { append_passing(*post.passing, post.room, where->generation, hearing_, out); },
            post.to->lines);
}

}  // namespace greenroom::protocol::irc
