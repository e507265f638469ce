#include "protocol/irc/irc_dialect.hpp"

#include "core/direct.hpp"
#include "protocol/irc/entry_lines.hpp"
#include "protocol/irc/hearing.hpp"
#include "protocol/irc/line_writer.hpp"
#include "protocol/irc/targets.hpp"

namespace greenroom::protocol::irc {
namespace {

std::string_view word_of(core::typing_state state) noexcept {
  switch (state) {
    case core::typing_state::paused:
      return "paused";
    case core::typing_state::done:
      return "done";
    default:
      return "active";
  }
}

struct event_writer {
  features with;
  frame_writer& out;

  void operator()(const core::message_event& event) const {
    append_entry(*event.entry,
                 {event.room, event.generation, {}, event.with_id, event.duplicate, event.tag, event.tag_value}, with,
                 out);
  }
  void operator()(const core::passing_event& event) const {
    append_passing(*event.what, event.room, event.generation, with, out);
  }
  // People who come and go. Where everybody is told anew there is nothing to say: nobody is shown to have left.
  void operator()(const core::presence_event& event) const {
    if (event.change->whole || core::nature_of(event.room) != core::room_nature::room) return;
    const auto name = channel_name(event.room.value);
    for (const auto& user : event.change->joined) {
      line_writer line(out.begin());
      line.from_user(user.value).command("JOIN").middle(name);
      if (hears_of(with, hears::joins)) line.middle(user.value).text(user.value);
      out.end();
    }
    const auto& left = event.change->left;
    const auto& farewells = event.change->farewells;
    for (std::size_t i = 0; i < left.size(); ++i)
      put_farewell(left[i], i < farewells.size() ? farewells[i] : core::farewell{}, name);
  }
  // Of somebody who was taken out an entry tells.
  void put_farewell(const core::user_id& who, const core::farewell& why, std::string_view room) const {
    using enum core::departure;
    if (why.how == kicked) return;
    line_writer line(out.begin());
    if (why.how == banned) {
      line.from_user(why.by.value).command("KICK").middle(room).middle(who.value);
      line.text(why.text.empty() ? std::string_view{why.by.value} : why.text.view());
    } else if (why.how == quit || why.how == lost) {
      line.from_user(who.value).command("QUIT");
      line.text(why.how == lost ? std::string_view{"Connection lost"} : why.text.view());
    } else {
      line.from_user(who.value).command("PART").middle(room);
      if (!why.text.empty()) line.text(why.text);
    }
    out.end();
  }
  void operator()(const core::face_event& event) const {
    const auto& note = event.note;
    if (!note.realname.empty()) {
      if (!hears_of(with, hears::names)) return;
      line_writer(out.begin()).from_user(note.user.value).command("SETNAME").text(note.realname);
    } else {
      if (!hears_of(with, hears::away)) return;
      line_writer line(out.begin());
      line.from_user(note.user.value).command("AWAY");
      if (!note.away.empty()) line.text(note.away);
    }
    out.end();
  }
  void operator()(const core::typing_event& event) const {
    const auto target = target_of(event.room, event.note.user);
    if (target.empty() || !hears_of(with, hears::tags)) return;
    line_writer(out.begin())
        .tag("+typing", word_of(event.note.state))
        .from_user(event.note.user.value)
        .command("TAGMSG")
        .middle(target);
    out.end();
  }
  // To somebody who was taken out, before the entry comes that says so to the others.
  void operator()(const core::gone_event& event) const {
    if (event.because == nullptr || core::nature_of(event.room) != core::room_nature::room) return;
    const auto& why = *event.because;
    line_writer line(out.begin());
    line.from_user(why.by.value).command("KICK").middle(channel_name(event.room.value)).middle(why.user.value);
    line.text(why.why.empty() ? std::string_view{why.by.value} : why.why.view());
    out.end();
  }
  template <class Other>
  void operator()(const Other&) const {}
};

}  // namespace

core::client_command irc_dialect::decode(std::string_view) const {
  return core::client_mistake{{core::ec::bad_frame, "A line of IRC needs its connection to be understood.", 0}, {}, {}};
}

void irc_dialect::encode(const core::client_event& event, features with, frame_writer& out) const {
  std::visit(event_writer{with, out}, event);
}

}  // namespace greenroom::protocol::irc
