#include "protocol/irc/conversation.hpp"

#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/names.hpp"
#include "core/text.hpp"
#include "protocol/irc/command_table.hpp"
#include "protocol/irc/conversation_walk.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/hearing.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/labels.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/tags.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr core::seconds invitation_lasts{3600};
constexpr core::milliseconds told_patience{2000};  // of a post whose relay doesn't say that the hubs know it

bool is_any(const line& what, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) { return what.is(name); });
}

// The question that a client has of a room when it has joined: one bit for each; 0: none.
std::uint8_t question_of(const line& what) {
  if (!what[0].starts_with('#') || what[0].find(',') != std::string_view::npos) return 0;
  if (what.is("MODE") && what.count == 1) return 1;
  if (what.is("WHO")) return 2;
  return what.is("NAMES") ? 4 : 0;
}

// The limit of a command; of MODE, WHO and NAMES only where they aren't free.
core::limit_class class_of(const line& what) {
  using enum core::limit_class;
  if (is_any(what, {"PRIVMSG", "NOTICE", "TAGMSG", "BATCH"})) return send;
  if (is_any(what, {"REDACT", "TOPIC", "KICK", "INVITE"}) || (what.is("MODE") && what.count > 1)) return act;
  if (is_any(what, {"CHATHISTORY", "WHOIS", "WHOWAS", "LIST", "MONITOR", "HISTORY", "ZNC", "MARKREAD"})) return api;
  if (is_any(what, {"WHO", "NAMES"}) || (what.is("MODE") && what[0].starts_with('#'))) return api;
  if (what.is("OPER")) return auth;
  return none;
}

// A word for znc.in/playback, which isn't a person.
bool is_for_playback(const line& what) {
  return is_any(what, {"PRIVMSG", "ZNC"}) && core::equal_folded(what[0], "*playback");
}

// Words that aren't stored must not overtake those that are: they wait for them.
bool passes(const line& what) {
  const bool request = what[1].starts_with('\x01') && !what[1].starts_with(
                                                          "\x01"
                                                          "ACTION");
  return request || what[0].starts_with('@') || what[0].starts_with('+');
}

bool is_message(const line& what) {
  return is_any(what, {"PRIVMSG", "NOTICE", "BATCH"}) && !is_for_playback(what) && (what.is("BATCH") || !passes(what));
}

}  // namespace

conversation::conversation(conversation_ground ground, signed_on who, std::uint64_t random, core::instant now)
    : ground_(std::move(ground)), who_(std::move(who)), now_(now), away_(who_.away), since_(now.wall) {
  core::append_hex(own_.ids = "~", random);
  own_.ids += '-';
  own_.posted = has(capability::echo_message);
  own_.elsewhere = own_.posted || has(capability::self_message);
  hearing_ = hearing_with(who_.capabilities.on());
}

features conversation::hearing() const noexcept { return hearing_; }

// ---- frames, in turn -------------------------------------------------------------------------------------------

void conversation::frame(std::string text) {
  const auto what = parse(text);
  const auto counted = class_of(what);
  const bool message = is_message(what);
  const auto question = question_of(what);
  auto about = question != 0 ? core::room_id{std::string(what[0].substr(1))} : core::room_id{};
  queue_.push_back({std::move(text), counted, message, std::move(about), question});
}

// Every client asks for the modes and the people of a room that it has joined: once it costs nothing.
bool conversation::is_free(const queued& one) const {
  if (one.question == 0) return false;
  const auto where = rooms_.find(one.about);
  return where != rooms_.end() && (where->second.asked & one.question) == 0;
}

std::optional<core::limit_class> conversation::next() const {
  if (queue_.empty() || task_ || over_ || starting_) return std::nullopt;
  if ((messages_ > 0 || !entering_.empty()) && !queue_.front().is_message) return std::nullopt;
  return is_free(queue_.front()) ? core::limit_class::none : queue_.front().counted;
}

talk_effects conversation::go_on(core::instant now) {
  begin(now);
  heard_at_ = now.mono;
  const auto one = std::move(queue_.front());
  queue_.pop_front();
  if (is_free(one)) find(one.about)->asked |= one.question;
  const auto got = judge(one.text);
  auto by = std::make_shared<answer>();
  by->verb = core::valid_utf8(got.what.command) ? std::string(got.what.command) : "*";
  std::transform(by->verb.begin(), by->verb.end(), by->verb.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  if (has(capability::labeled_response)) by->label = label_of(got.what.tags);
  by->exclusive = !one.is_message;
  by->waits_for = 1;
  if (by->exclusive)
    task_ = by;
  else
    ++messages_;
  switch (got.judged) {
    case verdict::command:
      if (ground_.heard) ground_.heard(got.what.command);
      obey(got.what, by);
      break;
    case verdict::too_long:
      to(by).numeric(numeric::err_inputtoolong);
      break;
    case verdict::not_utf8:
      to(by).fail(by->verb, "INVALID_UTF8", {}, "The line isn't UTF-8, and was dropped.");
      break;
    case verdict::endless:
      over_ = true;
      out_.emplace_back(talk_effect::close{core::ec::too_big, "A line was too long"});
      break;
    case verdict::nothing:
      by->closed = true;
      break;
  }
  one_done(by);
  return end();
}

void conversation::obey(const line& what, const answer_ptr& by) {
  if (auto batched = batch_.heard(what, now_.mono); batched.taken) {
    by->label = has(capability::labeled_response) ? batched.label : std::string{};
    by->closed = by->label.empty();
    if (batched.refused) {
      by->closed = false;
      to(by).complain("BATCH", *batched.refused);
    } else if (batched.whole) {
      by->closed = false;
      run(*batched.whole, by);
    }
    return;
  }
  const auto* known = find_command(what.command);
  if (known == nullptr) return to(by).numeric(numeric::err_unknowncommand, {what.command});
  if (is_any(what, {"PASS", "USER"})) return to(by).numeric(numeric::err_alreadyregistered);
  if (is_for_playback(what)) return play_back(what, by);
  auto read = read_command(what, nick());
  if (auto* const wrong = std::get_if<complaint>(&read)) return to(by).complain(known->name, *wrong);
  auto& command = std::get<any_command>(read);
  if (!std::holds_alternative<std::monostate>(command)) return obey_read(std::move(command), by);
  if (what.count < known->least) return to(by).numeric(numeric::err_needmoreparams, {known->name});
  obey_word(what, by);
}

void conversation::obey_read(any_command what, const answer_ptr& by) {
  std::visit([&](auto& one) { run(one, by); }, what);
}

// Commands without a type of their own.
void conversation::obey_word(const line& what, const answer_ptr& by) {
  speaker client = to(by);
  const auto& face = *ground_.face;
  if (what.is("PING")) return client.say("PONG", {face.name}, what[0]);
  if (what.is("PONG")) {
    by->closed = by->label.empty();
    return take_receipt(what);
  }
  if (what.is("CAP")) {
    who_.capabilities.cap(what, *ground_.offer, client);
    return change_hearing();
  }
  if (what.is("QUIT")) {
    over_ = true;
    last_words_ = what[0].empty() ? "Quit" : "Quit: " + std::string(fitting(what[0], max_irc_topic_bytes));
    out_.emplace_back(talk_effect::close{core::ec::left, what[0].empty() ? "Bye" : last_words_});
  } else if (what.is("MOTD"))
    say_motd(face, client);
  else if (what.is("LUSERS"))
    say_counts(ground_.counts(), client);
  else if (what.is("VERSION"))
    say_version(face, who_.capabilities.on(), client);
  else if (what.is("ISUPPORT"))
    say_features(face, who_.capabilities.on(), client);
  else if (what.is("TIME"))
    say_time(face, now_.wall, client);
  else if (what.is("INFO"))
    say_info(face, client);
  else if (is_any(what, {"HELP", "HELPOP"}))
    say_help(what[0], client);
  else if (what.is("AUTHENTICATE"))
    client.numeric(numeric::err_saslalready);
  else if (what.is("REGISTER"))
    client.fail("REGISTER", "ALREADY_AUTHENTICATED", {nick()}, "You are signed in already.");
  else if (is_any(what, {"NS", "NICKSERV"}))
    client.service_notice("You are signed in as " + nick() + ".");
  else if (what.is("NICK"))
    renick(what[0], by);
  else if (what.is("ADMIN"))
    client.numeric(numeric::err_noadmininfo, {face.name});
  else if (what.is("LINKS")) {
    client.numeric(numeric::rpl_links, {face.name, face.name}, "0 " + face.network);
    client.numeric(numeric::rpl_endoflinks, {"*"});
  } else if (what.is("STATS")) {
    if (what[0] == "u") {
      const auto up = std::chrono::duration_cast<core::seconds>(now_.wall - ground_.began).count();
      client.numeric(numeric::rpl_statsuptime, {}, "Server Up " + std::to_string(up) + " seconds");
    }
    client.numeric(numeric::rpl_endofstats, {what[0].empty() ? "*" : what[0]});
  } else if (what.is("WHOIS"))
    whois(what, by);
  else if (what.is("ISON"))
    ison(what, by, false);
  else if (what.is("USERHOST"))
    ison(what, by, true);
  else if (what.is("HISTORY"))
    history_word(what, by);
  else if (what.is("WHOWAS"))
    whowas(what, by);
  else if (what.is("SETNAME"))
    rename(what, by);
  else if (what.is("OPER"))
    become_oper(what, by);
  else if (what.is("KILL"))
    kill(what, by);
  else if (what.is("WALLOPS"))
    say_wallops(what, by);
  else if (find_command(what.command)->from == stage::signed_in && !what.is("BATCH"))
    client.numeric(numeric::err_unknowncommand, {what.command});
}

// ---- answers ---------------------------------------------------------------------------------------------------

speaker conversation::to(const answer_ptr& whose) { return {ground_.face->name, nick(), whose->lines}; }

void conversation::say(std::vector<std::string> lines) {
  if (!lines.empty()) out_.emplace_back(talk_effect::say{framed(lines, ground_.how)});
}

void conversation::say_line(std::string line) { say({std::move(line)}); }

// The lines of an answer so far. More to come, or come before: a batch holds them together.
std::string conversation::take_frames(const answer_ptr& of, bool last) {
  const auto& server = ground_.face->name;
  auto lines = std::exchange(of->lines, {});
  of->closed = last;
  if (of->label.empty() || of->marked) return framed(lines, ground_.how);
  if (last && of->reference.empty()) {
    put_label(lines, 0, of->label, server, "r" + std::to_string(++last_batch_));
    return framed(lines, ground_.how);
  }
  const bool begins = of->reference.empty();
  if (begins) of->reference = "r" + std::to_string(++last_batch_);
  put_in_batch(lines, 0, of->reference);
  if (begins) lines.insert(lines.begin(), labelled_batch(of->label, server, of->reference));
  if (last) line_writer(lines.emplace_back()).end_batch(server, of->reference);
  return framed(lines, ground_.how);
}

void conversation::say_so_far(const answer_ptr& by) {
  if (auto frames = take_frames(by, false); !frames.empty()) out_.emplace_back(talk_effect::say{std::move(frames)});
}

void conversation::one_done(const answer_ptr& of) {
  if (--of->waits_for == 0) done(of);
}

void conversation::done(const answer_ptr& of) {
  if (!of->closed) {
    auto frames = take_frames(of, true);
    if (!frames.empty()) out_.emplace_back(talk_effect::say{std::move(frames)});
  }
  out_.emplace_back(talk_effect::release{1});
  if (!of->exclusive)
    --messages_;
  else if (task_ == of)
    task_.reset();
}

void conversation::ask(talk_question what, then use) {
  questions_.emplace(++last_number_, std::move(use));
  out_.emplace_back(talk_effect::ask{last_number_, std::move(what)});
}

talk_effects conversation::answered(std::uint64_t number, const core::result<talk_answer>& reply, core::instant now) {
  begin(now);
  auto question = questions_.extract(number);
  if (question) question.mapped()(reply);
  return end();
}

void conversation::change_hearing() {
  const auto with = hearing_with(who_.capabilities.on());
  const bool posted = has(capability::echo_message), elsewhere = posted || has(capability::self_message);
  if (with == hearing_ && posted == own_.posted && elsewhere == own_.elsewhere) return;
  hearing_ = with;
  own_.posted = posted;
  own_.elsewhere = elsewhere;
  out_.emplace_back(talk_effect::hear{hearing_, own_});
}

// ---- events ----------------------------------------------------------------------------------------------------

conversation::place* conversation::find(const core::room_id& room) {
  const auto known = rooms_.find(room);
  return known == rooms_.end() ? nullptr : &known->second;
}

conversation::place* conversation::inside(const core::room_id& room) {
  auto* const known = find(room);
  return known != nullptr && known->at == phase::in ? known : nullptr;
}

std::vector<core::room_id> conversation::rooms_inside() const {
  std::vector<core::room_id> out;
  for (const auto& [room, where] : rooms_)
    if (where.at == phase::in && core::nature_of(room) == core::room_nature::room) out.push_back(room);
  return out;
}

core::room_id conversation::room_of(const message_target& target) const {
  return target.is_person() ? core::direct_room_of(who_.user, target.user) : target.room;
}

talk_effects conversation::event(const core::client_event& what, core::instant now) {
  begin(now);
  std::visit([&](const auto& one) { heard(one); }, what);
  return end();
}

void conversation::heard(const core::error_event& what) {
  if (!what.client_id.empty()) return settle(what.room, what.client_id, &what.why);
  if (reads_in(what.room)) {
    history_->page = 0;
    history_->walk.refused(what.why.code);
    return walk_on();
  }
  lost(what.room, what.why);
}

void conversation::heard(const core::unchanged_event& what) { settle(what.room, what.client_id, nullptr); }

void conversation::heard(const core::gone_event& what) { lost(what.room, {what.reason, {}, 0}); }

// The room of two is entered when there is something in it; invitations are told.
void conversation::heard(const core::news_event& what) {
  const auto& news = *what.news;
  if (news.kind == core::news_kind::head && core::nature_of(news.room) == core::room_nature::direct) {
    if (find(news.room) != nullptr) return;
    rooms_[news.room].name = news.room.value;
    entering_.insert(news.room);
    order(core::client_join{news.room, news.seq - 1, std::nullopt});
  } else if (news.kind == core::news_kind::read) {
    mark_moved(news.room, news.seq);
  } else if (news.kind == core::news_kind::killed) {
    std::string line;
    line_writer(line).from_user(news.by.value).command("KILL").middle(nick()).text(news.text);
    say_line(std::move(line));
    last_words_ = "Killed (" + news.by.value + " (" + std::string(news.text) + "))";
    over_ = true;
    out_.emplace_back(talk_effect::close{core::ec::removed, last_words_});
  } else if ((news.kind == core::news_kind::added || news.kind == core::news_kind::invited) &&
             core::nature_of(news.room) == core::room_nature::room) {
    if (inside(news.room) != nullptr) return;
    if (invited_.size() < max_joined_rooms) invited_[news.room] = now_.mono + invitation_lasts;
    std::string line;
    line_writer told(line);
    if (has(capability::account_tag)) told.tag("account", news.by.value);
    told.from_user(news.by.value).command("INVITE").middle(nick()).middle(channel_name(news.room.value));
    say_line(std::move(line));
  }
}

// Something of a room failed that isn't a post: a join, or being there.
void conversation::lost(const core::room_id& room, const core::error& why) {
  if (joining_ && *joining_ == room) return cannot_join(why);
  entering_.erase(room);
  auto* const where = find(room);
  if (where == nullptr) return;
  const bool was_in = where->at != phase::joining;
  if (!was_in) direct_failed(room, why);
  const bool parting = where->at == phase::leaving;
  const auto name = where->name;
  rooms_.erase(room);
  if (parting) return part_next();
  if (core::nature_of(room) != core::room_nature::room || !was_in) return;
  std::string line;
  line_writer(line)
      .from(ground_.face->name)
      .command("KICK")
      .middle(channel_name(name))
      .middle(nick())
      .text(why.code == core::ec::gone ? "The room is gone" : why.text());
  say_line(std::move(line));
}

talk_effects conversation::out_of(const core::room_id& room, const core::error& why, core::instant now) {
  begin(now);
  entering_.erase(room);
  auto* const where = inside(room);
  // Somebody who was removed has heard it from the relay.
  if (where != nullptr && (why.code == core::ec::removed || why.code == core::ec::banned))
    rooms_.erase(room);
  else if (where != nullptr && why.code == core::ec::left) {
    std::string line;
    line_writer(line).from_user(nick()).command("PART").middle(channel_name(where->name));
    rooms_.erase(room);
    say_line(std::move(line));
  } else if (where != nullptr) {
    lost(room, why);
  }
  return end();
}

talk_effects conversation::tick(core::instant now) {
  begin(now);
  if (auto late = batch_.deadline() ? batch_.late(now.mono) : batch_reader::outcome{}; late.refused) {
    std::vector<std::string> lines;
    speaker(ground_.face->name, nick(), lines).complain("BATCH", *late.refused);
    put_label(lines, 0, late.label, ground_.face->name, "r" + std::to_string(++last_batch_));
    say(std::move(lines));
  }
  std::vector<std::pair<core::room_id, core::seq_no>> overdue;
  for (const auto& [key, post] : posts_)
    if (post.stored && now.mono - post.since >= told_patience) overdue.emplace_back(post.room, post.stored);
  for (const auto& [room, seq] : overdue) settle_told(room, seq);
  for (const auto& one : std::exchange(again_, {})) one();
  return end();
}

bool conversation::busy() const { return !posts_.empty() || batch_.deadline().has_value() || task_ != nullptr; }

}  // namespace greenroom::protocol::irc
