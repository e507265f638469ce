// A conversation's replay: what a device hears that was away, and can't ask; and znc.in/playback.
#include <algorithm>
#include <utility>

#include "core/direct.hpp"
#include "core/text.hpp"
#include "protocol/irc/conversation.hpp"
#include "protocol/irc/conversation_walk.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/isupport.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/long_text.hpp"
#include "protocol/irc/receipt.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::uint32_t most_people = 100;  // direct rooms that are replayed: the newest
constexpr core::milliseconds end_of_time{1LL << 52};
constexpr core::seconds device_pause{60};  // from one note of a device to the next
constexpr core::seconds rejoining{10};     // in which a client comes back into all its rooms
constexpr core::seconds late{5};           // a room that stands still tells so late, and clocks differ
constexpr core::seconds still_there{15};   // since it was heard: what it was sent before has come

core::wall_time now_or_never(const std::optional<core::wall_time>& at) {
  return at.value_or(core::wall_time{end_of_time});
}

// Seconds since 1970, with a fraction or without (znc.in/playback).
std::optional<core::wall_time> time_of_seconds(std::string_view text) {
  const auto whole = core::number_from<std::uint64_t>(core::take_until(text, '.'));
  if (!whole || *whole > 1ULL << 40 || (!text.empty() && !core::is_number(text))) return std::nullopt;
  std::string digits(text.substr(0, 3));
  digits.resize(3, '0');
  const auto ms = core::number_from<std::uint64_t>(digits).value_or(0);
  return core::wall_time{core::milliseconds{static_cast<std::int64_t>(*whole * 1000 + ms)}};
}

}  // namespace

// ---- devices ---------------------------------------------------------------------------------------------------

// Not to programs: they would answer commands of yesterday.
bool conversation::may_replay() const noexcept {
  return has(capability::server_time) && !has(capability::chathistory) && !has(capability::playback) && !bot_;
}

std::optional<history_command> conversation::replay_wanted() const {
  if (!may_replay() || !seen_known_) return std::nullopt;
  history_command out{history_command::verb::latest, "LATEST"};
  out.limit = max_history_page;
  if (seen_ != core::wall_time{}) {
    out.from = seen_;
    return out;
  }
  out.limit = std::min<std::uint32_t>(ground_.face->replay, max_history_page);
  return out.limit > 0 ? std::optional{std::move(out)} : std::nullopt;
}

talk_effects conversation::arrived(core::instant now) {
  begin(now);
  if (!may_replay()) return end();
  starting_ = true;
  ask(core::find_device{who_.user, who_.device}, [this](const auto& got) {
    const auto* device = answer_as<core::device_found>(got);
    if (device != nullptr) {
      seen_known_ = true;
      seen_ = device->seen;
      device_noted_ = now_.mono;
      if (seen_ == core::wall_time{}) write_device(now_.wall);  // who knows how long this lasts
    }
    const auto how = replay_wanted();
    if (!how) {
      given_all();
      return;
    }
    core::list_recent recent{who_.user, {}, seen_, now_or_never({}), most_people, true};
    ask(std::move(recent), [this, how](const auto& found) {
      std::vector<core::room_id> people;
      if (const auto* rooms = answer_as<core::recent_rooms>(found)) {
        for (const auto& one : rooms->rooms)
          if (core::nature_of(one.room) == core::room_nature::direct) people.push_back(one.room);
      } else {
        owed_.insert(core::room_id{});
      }
      std::reverse(people.begin(), people.end());
      play(std::make_shared<play_under_way>(play_under_way{std::move(people), *how,
                                                           [this](history_walk& done) {
                                                             const auto room = done.room();
                                                             const bool any = !done.entries().empty();
                                                             const auto last =
                                                                 any ? done.entries().back().seq : core::seq_no{};
                                                             say(replay_lines(done, last));
                                                             if (find(room) != nullptr || !any) return;
                                                             rooms_[room].name = room.value;
                                                             order(core::client_join{room, last, done.generation()});
                                                           },
                                                           [this] { given_all(); }}));
    });
  });
  return end();
}

void conversation::given_all() {
  starting_ = false;
  given_at_ = now_.mono;
}

// Bytes in a socket may be lost with it: only the client can say what came. The answer to a PING that was sent before
// it had all that it missed says nothing.
void conversation::take_receipt(const line& pong) {
  const auto asked = pong.count > 0 ? time_of_receipt(pong[pong.count - 1]) : std::nullopt;
  if (!asked || !has_all() || *asked > now_.mono || *asked < given_at_ + rejoining) return;
  received_ = now_.wall - std::chrono::ceil<core::milliseconds>(now_.mono - *asked) - late;
  if (now_.mono - device_noted_ >= device_pause) note_device();
}

void conversation::note_device() {
  if (received_ > seen_ && may_replay()) write_device(received_);
}

void conversation::write_device(core::wall_time at) {
  device_noted_ = now_.mono;
  ask(core::note_device{who_.user, who_.device, at}, [](const auto&) {});
}

// A client that said goodbye, or was told to go, has read up to there.
talk_effects conversation::ended(bool by_us, core::instant now) {
  begin(now);
  if (by_us && has_all() && now.mono - heard_at_ < still_there) received_ = now.wall;
  note_device();
  return end();
}

// ---- replay ----------------------------------------------------------------------------------------------------

void conversation::play(std::shared_ptr<play_under_way> what) {
  if (what->rooms.empty()) return what->then();
  auto room = std::move(what->rooms.back());
  what->rooms.pop_back();
  walk({what->how, std::move(room), who_.user, false}, [this, what](history_walk& done) {
    if (!done.wrong())
      what->each(done);
    else if (starting_)
      owed_.insert(done.room());
    play(what);
  });
}

// The entries up to there, and before them a word on those that are too many.
std::vector<std::string> conversation::replay_lines(history_walk& done, core::seq_no upto) {
  std::vector<std::string> lines;
  const auto& room = done.room();
  const bool direct = core::nature_of(room) == core::room_nature::direct;
  done.leave_out([&](const core::room_entry& one) {
    return one.seq > upto || (direct && !own_.elsewhere && core::is_words(one.kind) && one.author == who_.user);
  });
  if (done.entries().empty()) return lines;
  const auto target = target_of(room, who_.user);
  if (const auto more = done.earlier(); more > 0 && seen_ != core::wall_time{})
    line_writer(lines.emplace_back())
        .from(ground_.face->name)
        .command("NOTICE")
        .middle(direct ? nick() : target)
        .text(grouped(more) + " earlier entries of " + target + " aren't replayed.");
  const auto reference = next_history_batch();
  put_lines([&](frame_writer& out) { append_history(done, {ground_.face->name, reference}, hearing_, out); }, lines);
  return lines;
}

// All that comes first is said. Behind it comes what the device missed, then what is new.
void conversation::greeted(const core::room_id& room, const core::room_joined& told) {
  const bool first = greeted_.insert(room).second;
  const auto how = replay_wanted();
  if (!first || !how) return open_room(room, told.head);
  owed_.insert(room);
  walk({*how, room, who_.user, false}, [this, room, head = told.head](history_walk& done) {
    if (!joining_ || *joining_ != room) return;  // it is gone meanwhile
    if (!done.wrong()) owed_.erase(room);
    auto lines = done.wrong() ? std::vector<std::string>{} : replay_lines(done, head);
    task_->lines.insert(task_->lines.end(), std::move_iterator(lines.begin()), std::move_iterator(lines.end()));
    open_room(room, head);
  });
}

void conversation::open_room(const core::room_id& room, core::seq_no head) {
  out_.emplace_back(talk_effect::open{room, take_frames(task_, joins_.empty()), head + 1});
}

// ---- znc.in/playback -------------------------------------------------------------------------------------------

// `PLAY target|* [from [to]]`: its words, wherever they stood in the line.
void conversation::play_back(const line& what, const answer_ptr& by) {
  std::vector<std::string_view> words;
  for (std::size_t i = 1; i < what.count; ++i)
    for (std::string_view rest = what[i]; !rest.empty();)
      if (const auto word = core::take_until(rest, ' '); !word.empty()) words.push_back(word);
  const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string_view{}; };
  const auto from = time_of_seconds(word(2)), until = time_of_seconds(word(3));
  const bool fine = core::equal_folded(word(0), "play") && words.size() >= 2 && (words.size() < 3 || from) &&
                    (words.size() < 4 || until);
  if (!fine) return to(by).service_notice("PLAY #room|nick|* [from [to]]: times are seconds since 1970.");
  // The newest of those between them.
  history_command how{until ? history_command::verb::between : history_command::verb::latest, "LATEST"};
  how.limit = max_history_page;
  if (until) how.from = *until;
  if (until)
    how.to = from.value_or(core::wall_time{});
  else if (from && *from != core::wall_time{})
    how.from = *from;
  const auto show = [this, by](history_walk& done) {
    put_history(done, target_of(done.room(), who_.user), by);
    say_so_far(by);
  };
  const auto start = [this, how, show, by](std::vector<core::room_id> rooms) {
    std::reverse(rooms.begin(), rooms.end());
    play(std::make_shared<play_under_way>(play_under_way{std::move(rooms), how, show, [this, by] { one_done(by); }}));
  };
  ++by->waits_for;
  if (word(1) != "*") {
    const auto target = target_from(word(1));
    const auto* const of = std::get_if<message_target>(&target);
    if (of == nullptr) return start({});
    const auto room = room_of(*of);
    return of->is_person() || inside(room) != nullptr ? start({room}) : start({});
  }
  core::list_recent recent{who_.user,        rooms_inside(), from.value_or(core::wall_time{}),
                           now_or_never({}), most_people,    true};
  ask(std::move(recent), [this, start](const auto& got) {
    std::vector<core::room_id> rooms;
    if (const auto* found = answer_as<core::recent_rooms>(got))
      for (const auto& one : found->rooms)
        if (core::nature_of(one.room) == core::room_nature::direct || inside(one.room) != nullptr)
          rooms.push_back(one.room);
    start(std::move(rooms));
  });
}

}  // namespace greenroom::protocol::irc
