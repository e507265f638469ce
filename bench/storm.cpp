#include "bench/storm.hpp"

#include <algorithm>
#include <string>

#include "bench/clock.hpp"
#include "bench/protocols/json.hpp"

namespace greenroom::bench {
namespace {

constexpr std::uint64_t tick_ns = second_ns / 50;
constexpr double patience_s = 60;

}  // namespace

// ---- what is said

returning::returning(const options& wanted, const names& called)
    : websocket(wanted, called, std::string(json_dialect)),
      members(wanted.connections()),
      generations_(wanted.rooms),
      rooms_entered_(wanted.posters) {}

void returning::upgraded(std::uint32_t connection, std::string& out, events&) {
  if (connection >= members.size()) {
    for (std::uint32_t room = connection - wanted_.connections(); room < wanted_.rooms; room += wanted_.posters)
      frame(out, {R"({"type":"join","room":")", called_.room(room), R"("})"});
    return;
  }
  const auto room = wanted_.room_of(connection);
  const auto seen = members[connection].seen;
  if (seen == 0) return frame(out, {R"({"type":"join","room":")", called_.room(room), R"("})"});
  frame(out, {R"({"type":"join","room":")", called_.room(room), R"(","generation":")", generations_[room],
              R"(","after":)", std::to_string(seen), "}"});
}

void returning::say(std::uint32_t, std::string_view, std::uint32_t, std::string&) {}  // posters do: `say_in`

void returning::say_in(std::uint32_t room, std::string_view text, std::uint32_t number, std::string& out) {
  frame(out, {R"({"type":"send","room":")", called_.room(room), R"(","id":")", std::to_string(number), R"(","text":")",
              text, R"("})"});
}

void returning::heard(std::uint32_t connection, std::string_view frame, events& found) {
  const bool poster = connection >= members.size();
  if (json_is(frame, "message")) {
    if (poster) {
      ++acknowledged;
      return;
    }
    found.delivered(connection, json_string(frame, R"("text":")"), {});
    members[connection].seen = std::max(members[connection].seen, json_number(frame, R"("seq":)"));
  } else if (json_is(frame, "joined")) {
    if (poster) {
      const auto place = connection - wanted_.connections();
      const auto share = (wanted_.rooms - place + wanted_.posters - 1) / wanted_.posters;
      if (++rooms_entered_[place] == share) found.joined(connection);
      return;
    }
    generations_[wanted_.room_of(connection)] = json_string(frame, R"("generation":")");
    members[connection].head = json_number(frame, R"("head":)");
    if (members[connection].seen > 0 && frame.find(R"("recovered":true)") == std::string_view::npos) ++unrecovered;
    found.joined(connection);
  } else if (json_is(frame, "error") || json_is(frame, "gap") || json_is(frame, "gone")) {
    found.refused(connection, frame);
  }
}

// ---- what happens

storm::storm(const options& wanted)
    : wanted_(wanted),
      text_(wanted.payload),
      called_(wanted),
      spoken_(wanted, called_),
      sockets_(wanted, spoken_, *this),
      came_(wanted.connections()),
      posted_(wanted.rooms),
      began_ns_(wanted.connections()) {}

void storm::post(std::uint32_t room, std::uint64_t now) {
  const auto poster = wanted_.connections() + room % wanted_.posters;
  const auto number = posted_[room]++;
  spoken_.say_in(room, text_.stamped({room, number, now}), number, sockets_.out(poster));
  ++counted_.sent;
}

void storm::post_everywhere() {
  for (std::uint32_t room = 0; room < wanted_.rooms; ++room) post(room, now_ns());
  for (std::uint32_t poster = 0; poster < wanted_.posters; ++poster) sockets_.flush(wanted_.connections() + poster);
  wait_until(&storm::all_acknowledged, "the posters have their messages");
}

void storm::wait_until(bool (storm::*done)() const, std::string_view what) {
  const auto limit = now_ns() + to_ns(patience_s);
  while (!(this->*done)()) {
    if (now_ns() > limit) give_up("it takes more than a minute until " + std::string(what));
    sockets_.poll(now_ns() + tick_ns);
  }
}

bool storm::all_have_all() const {
  for (std::uint32_t member = 0; member < wanted_.connections(); ++member)
    if (came_.next(member) < posted_[wanted_.room_of(member)]) return false;
  return true;
}

void storm::begin() {
  sockets_.join_all();
  sockets_.settle(0.5, 60);
  post_everywhere();
  wait_until(&storm::all_have_all, "all members have the first message");
  sockets_.settle(0.5, 10);
}

void storm::break_off() {
  for (std::uint32_t member = 0; member < wanted_.connections(); ++member) sockets_.cut(member);
  sockets_.settle(1, 20);
  for (std::uint32_t i = 0; i < wanted_.missed; ++i) post_everywhere();
}

// Connects again where the server threw it out, and times who has caught up.
void storm::look_after(std::uint32_t member, std::uint64_t now) {
  if (began_ns_[member] == 0) return;
  if (sockets_.is_lost(member)) {
    ++again_;
    sockets_.connect(member);
  } else if (sockets_.is_joined(member) && spoken_.members[member].seen >= spoken_.members[member].head) {
    resumed_.add(now - began_ns_[member]);
    began_ns_[member] = 0;
  }
}

void storm::come_back() {
  const auto begin = now_ns(), limit = begin + to_ns(patience_s);
  const double gap_ns = wanted_.rate > 0 ? 1e9 / wanted_.rate : 0;
  std::uint32_t begun = 0, posts = 0;
  std::vector<std::uint32_t> under_way;
  while (begun < wanted_.connections() || !under_way.empty()) {
    for (; begun < wanted_.connections() && under_way.size() < wanted_.joining; ++begun) {
      began_ns_[begun] = now_ns();
      sockets_.connect(begun);
      under_way.push_back(begun);
    }
    for (; gap_ns > 0 && static_cast<double>(now_ns() - begin) > gap_ns * posts; ++posts) {
      const auto room = posts % wanted_.rooms;
      post(room, now_ns());
      sockets_.flush(wanted_.connections() + room % wanted_.posters);
    }
    sockets_.poll(now_ns() + second_ns / 1000);
    const auto now = now_ns();
    for (const auto member : under_way) look_after(member, now);
    std::erase_if(under_way, [&](std::uint32_t member) { return began_ns_[member] == 0; });
    if (now > limit) give_up(std::to_string(under_way.size()) + " members aren't back after a minute");
  }
  joined_s_ = to_s(now_ns() - begin);
  wait_until(&storm::all_have_all, "all members have everything");
  whole_s_ = to_s(now_ns() - begin);
}

void storm::delivered(std::uint32_t connection, std::string_view text, std::string_view, std::uint64_t) {
  if (!text_.intact(text)) {
    ++counted_.corrupt;
    return;
  }
  const stamp said = payload::read(text);
  if (said.sender != wanted_.room_of(connection)) {
    ++counted_.misrouted;
    return;
  }
  came_.take(connection, said.number, counted_);
}

}  // namespace greenroom::bench
