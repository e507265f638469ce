// A conversation's posts: words and acts, until they are durable and the hubs know them.
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

std::string post_key(const core::room_id& room, const std::string& id) { return core::folded(room.value) + " " + id; }

}  // namespace

// ---- PRIVMSG, NOTICE -------------------------------------------------------------------------------------------

void conversation::run(message_command& what, const answer_ptr& by) {
  by->silent = what.kind == core::entry_kind::notice;
  if (what.to.size() > 1) open_batch_of_echoes(by);
  for (const auto& one : what.to) {
    if (const auto* wrong = std::get_if<complaint>(&one)) {
      if (!by->silent) to(by).complain(by->verb, *wrong);
      continue;
    }
    const auto& target = std::get<message_target>(one);
    if (what.ctcp || target.to == message_target::reach::operators || target.to == message_target::reach::voiced)
      pass_to(target, what, by);
    else if (target.is_person())
      send_to(target.user, what, by);
    else
      send(target.room, named_target(target), what, by);
  }
}

// Several echoes with one label are a batch.
void conversation::open_batch_of_echoes(const answer_ptr& by) {
  if (!by->label.empty() && own_.posted) say_so_far(by);
}

void conversation::send(const core::room_id& room, std::string target, const message_command& what,
                        const answer_ptr& by) {
  const auto* const where = find(room);
  const bool direct = core::nature_of(room) == core::room_nature::direct;
  if (where == nullptr || (!direct && where->at != phase::in)) {
    return send_from_outside(room, std::move(target), what, by);
  }
  core::client_send post{room, what.id.empty() ? next_id() : what.id, what.text, what.kind};
  if (what.answers && what.answers->generation == where->generation) post.target = what.answers->seq;
  post.extra = kept_as_extra(what.tags, what.cuts, bot_);
  put(std::move(post), {room, std::move(target), by, what.kind});
}

// Into an open room without `+n`, whoever may write there.
void conversation::send_from_outside(const core::room_id& room, std::string target, const message_command& what,
                                     const answer_ptr& by) {
  ++by->waits_for;
  core::post post{.client_id = what.id.empty() ? next_id() : what.id, .text = what.text, .kind = what.kind};
  ask(core::enter_room{room, who_.user, false},
      [this, room, target = std::move(target), post = std::move(post), by](const auto& got) mutable {
        const auto* there = answer_as<core::room_entered>(got);
        const bool open =
            there != nullptr && there->info.is_open() && !there->info.settings.modes.has(core::room_flag::inside_only);
        if (open) {
          const auto kind = post.kind;
          perform({room, who_.user, std::move(post), false}, {room, std::move(target), by, kind});
        } else if (!by->silent) {
          const bool missing = got.code() == core::ec::not_found;
          to(by).numeric(missing ? numeric::err_nosuchchannel : numeric::err_cannotsendtochan, {target});
        }
        one_done(by);
      });
}

// Of somebody who isn't there, or as an admin of the server. People who are there hear of it as of any other entry.
void conversation::perform(core::perform_act what, post_under_way how) {
  const auto by = how.to;
  ++by->waits_for;
  ask(std::move(what), [this, how = std::move(how), by](const auto& got) {
    const auto* done_so = answer_as<core::act_performed>(got);
    if (!got) refuse(how, got.why());
    if (done_so != nullptr && own_.posted && core::is_words(how.kind) && inside(how.room) == nullptr) {
      std::string frames;
      frame_writer out(frames, ground_.how);
      const bool labelled = !by->label.empty() && by->reference.empty();
      by->marked = by->marked || labelled;
      append_entry(done_so->entry,
                   {how.room,
                    done_so->generation,
                    {},
                    true,
                    done_so->duplicate,
                    labelled ? "label" : "",
                    labelled ? std::string_view{by->label} : std::string_view{}},
                   hearing_, out);
      if (!frames.empty()) out_.emplace_back(talk_effect::say{std::move(frames)});
    }
    one_done(by);
  });
}

// To a person: in the room of the two, which is opened and entered before.
void conversation::send_to(const core::user_id& user, const message_command& what, const answer_ptr& by) {
  const auto room = core::direct_room_of(who_.user, user);
  if (!opening_.contains(room) && inside(room) != nullptr) return send(room, user.value, what, by);
  with_direct(user, by, [this, room, user, what, by] { send(room, user.value, what, by); });
}

void conversation::with_direct(const core::user_id& user, const answer_ptr& by, std::function<void()> use) {
  const auto room = core::direct_room_of(who_.user, user);
  const bool opens = !opening_.contains(room);
  ++by->waits_for;
  opening_[room].emplace_back([this, user, by, use = std::move(use)](const core::error* why) {
    if (why == nullptr)
      use();
    else if (!by->silent && (why->code == core::ec::no_user || why->code == core::ec::not_found))
      to(by).numeric(numeric::err_nosuchnick, {user.value});
    else if (!by->silent)
      to(by).numeric(numeric::err_cannotsendtouser, {user.value}, why->text());
    one_done(by);
  });
  if (!opens) return;
  ask(core::find_users{{user}}, [this, room, user](const auto& got) {
    if (const auto* found = user_in(got)) return open_direct(room, *found);
    direct_failed(room, got ? core::error{core::ec::no_user, {}, 0} : got.why());
  });
}

void conversation::open_direct(const core::room_id& room, const core::user_id& with) {
  ask(core::open_direct{who_.user, {with}, room, true}, [this, room](const auto& got) {
    if (!got) return direct_failed(room, got.why());
    if (inside(room) != nullptr) return direct_opened(room);
    if (find(room) != nullptr) return;
    rooms_[room].name = room.value;
    order(core::client_join{room, std::nullopt, std::nullopt});
  });
}

// Posts wait for it: the relay can't mark the echo of somebody whom it doesn't know.
void conversation::direct_opened(const core::room_id& room) {
  if (const auto waiting = opening_.extract(room))
    for (const auto& post : waiting.mapped()) post(nullptr);
}

void conversation::direct_failed(const core::room_id& room, const core::error& why) {
  if (const auto waiting = opening_.extract(room))
    for (const auto& post : waiting.mapped()) post(&why);
}

// ---- REDACT ----------------------------------------------------------------------------------------------------

void conversation::run(redact_command& what, const answer_ptr& by) {
  const auto room = room_of(what.target);
  const auto target = named_target(what.target);
  const auto* const where = inside(room);
  if (where == nullptr) return to(by).fail("REDACT", "INVALID_TARGET", {target}, "You aren't there.");
  if (!what.message || what.message->generation != where->generation)
    return to(by).fail("REDACT", "UNKNOWN_MSGID", {target, what.id}, "There is no such message.");
  core::post made{.text = what.reason, .kind = core::entry_kind::erase};
  made.act = std::make_shared<const core::act>(core::act{.target = what.message->seq});
  act(room, std::move(made), what.id, by);
}

// ---- posts -----------------------------------------------------------------------------------------------------

std::string conversation::next_id() { return own_.ids + std::to_string(++last_post_); }

void conversation::act(const core::room_id& room, core::post what, std::string about, const answer_ptr& by) {
  if (!what.act) return to(by).numeric(numeric::err_unknownerror, {by->verb}, "This can't be done.");
  const auto kind = what.kind;
  if (oper_ && !core::is_written(kind) && core::nature_of(room) == core::room_nature::room) {
    what.client_id = next_id();
    return perform({room, who_.user, std::move(what), true},
                   {room, channel_name(room.value), by, kind, std::move(about)});
  }
  core::client_send post{room, next_id(), std::move(what.text), kind, std::move(what.act)};
  const auto direct = core::nature_of(room) == core::room_nature::direct;
  put(std::move(post), {room, direct ? room.value : channel_name(room.value), by, kind, std::move(about)});
}

void conversation::put(core::client_send what, post_under_way how) {
  const auto by = how.to;
  ++by->waits_for;
  how.since = now_.mono;
  const bool echoes = !how.passing && (own_.posted || !is_said(how.kind));
  if (!by->label.empty() && echoes) {
    const bool batched = !by->reference.empty();
    by->marked = by->marked || !batched;
    out_.emplace_back(talk_effect::expect{how.room, what.client_id, batched ? "batch" : "label",
                                          batched ? by->reference : by->label});
  }
  if (auto* const where = core::is_words(what.kind) ? find(how.room) : nullptr)
    where->typing.reset();  // others take it that who has written doesn't type any more
  posts_.insert_or_assign(post_key(how.room, what.client_id), std::move(how));
  order(std::move(what));
}

void conversation::refuse(const post_under_way& what, const core::error& why) {
  using enum core::ec;
  const auto& by = what.to;
  by->marked = false;
  if (by->silent) return;
  speaker client = to(by);
  const bool person = !what.target.starts_with('#');
  const auto& verb = by->verb;
  const auto says = [&](numeric number, std::string_view text = {}) { client.numeric(number, {what.target}, text); };
  if (why.code == conflict && core::is_words(what.kind))
    return client.fail(verb, "ID_CONFLICT", {what.target}, why.text());
  if (what.kind == core::entry_kind::erase)
    return client.fail(verb, why.code == not_found ? "UNKNOWN_MSGID" : "REDACT_FORBIDDEN", {what.target, what.about},
                       why.text());
  if (core::describe(why.code).retry || why.code == unknown_outcome) {
    says(numeric::err_cannotsendtochan, "Not sent");
    return client.fail(verb, "UNAVAILABLE", {what.target}, why.text());
  }
  if (is_said(what.kind)) {
    if (why.code == bad_text) return client.fail(verb, "INVALID_UTF8", {what.target}, why.text());
    return says(person ? numeric::err_cannotsendtouser : numeric::err_cannotsendtochan, why.text());
  }
  switch (why.code) {
    case no_user:
      return client.numeric(numeric::err_nosuchnick, {what.about});
    case not_found:
      if (what.about.empty()) return says(numeric::err_nosuchchannel);
      return client.numeric(numeric::err_usernotinchannel, {what.about, what.target});
    case not_joined:
      return says(numeric::err_notonchannel);
    case forbidden:
    case muted:
    case banned:
    case read_only:
    case conflict:
      return says(numeric::err_chanoprivsneeded, why.text());
    default:
      return client.numeric(numeric::err_unknownerror, {verb, what.target}, why.text());
  }
}

// The answer to an id of the client's own that was known: what the first one became, with the label of this one.
void conversation::heard(const core::message_event& what) {
  const auto& id = what.entry->client_id;
  const auto* const where = find(what.room);
  const auto post = posts_.find(post_key(what.room, id));
  if (where != nullptr && !core::is_edges_id(id)) {
    std::vector<std::string> lines;
    auto& into = post != posts_.end() ? post->second.to->lines : lines;
    put_lines(
        [&](frame_writer& out) {
          append_entry(*what.entry, {what.room, where->generation, {}, true, true}, hearing_, out);
        },
        into);
    say(std::move(lines));
  }
  settle(what.room, id, nullptr);
}

// A post is done without an entry that the hubs would be told of: refused, known, or without effect.
void conversation::settle(const core::room_id& room, const std::string& id, const core::error* why) {
  const auto found = posts_.extract(post_key(room, id));
  if (!found) return;
  const auto& post = found.mapped();
  if (why != nullptr)
    refuse(post, *why);
  else
    post.to->marked = false;
  if (why == nullptr && post.passing) echo_passing(post);
  if (why == nullptr && post.kind == core::entry_kind::add)
    to(post.to).numeric(numeric::err_useronchannel, {post.about, post.target});
  one_done(post.to);
}

talk_effects conversation::stored(const core::room_id& room, const std::string& id, core::seq_no seq,
                                  core::instant now) {
  begin(now);
  const auto post = posts_.find(post_key(room, id));
  if (post != posts_.end()) {
    post->second.stored = seq;
    post->second.since = now.mono;
    if (const auto* const where = find(room); where == nullptr || where->told >= seq) settle_told(room, seq);
  }
  return end();
}

talk_effects conversation::told(const core::room_id& room, core::seq_no upto, core::instant now) {
  begin(now);
  if (auto* const where = find(room)) where->told = std::max(where->told, upto);
  settle_told(room, upto);
  return end();
}

// The hubs know the posts up to there: all that comes from here is behind them.
void conversation::settle_told(const core::room_id& room, core::seq_no upto) {
  std::vector<post_under_way> over;
  std::erase_if(posts_, [&](auto& one) {
    auto& post = one.second;
    if (!(post.room == room) || !post.stored || post.stored > upto) return false;
    over.push_back(std::move(post));
    return true;
  });
  for (const auto& post : over) {
    if (post.kind == core::entry_kind::add) {
      post.to->marked = false;
      to(post.to).numeric(numeric::rpl_inviting, {post.about, post.target});
    }
    const bool words = post.kind == core::entry_kind::text || post.kind == core::entry_kind::action;
    if (words && !post.target.starts_with('#'))
      tell_away(post);
    else
      one_done(post.to);
  }
}

// A message to somebody who is away is stored; its author hears that they are.
void conversation::tell_away(const post_under_way& post) {
  ask(core::who_is{{core::user_id{post.target}}}, [this, post](const auto& got) {
    const auto* seen = state_in(got);
    if (seen != nullptr && !seen->away.empty()) {
      post.to->marked = false;
      to(post.to).numeric(numeric::rpl_away, {post.target}, seen->away);
    }
    one_done(post.to);
  });
}

}  // namespace greenroom::protocol::irc
