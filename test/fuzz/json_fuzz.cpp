#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/direct.hpp"
#include "core/names.hpp"
#include "protocol/act.hpp"
#include "protocol/act_api.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/json_text.hpp"
#include "protocol/problem.hpp"
#include "protocol/room_words.hpp"
#include "protocol/sentence.hpp"
#include "protocol/users_api.hpp"
#include "protocol/voice.hpp"

namespace core = greenroom::core;
namespace protocol = greenroom::protocol;

namespace {

void demand(bool truth) {
  if (!truth) std::abort();
}

// What the dialect says of an event: one line.
std::string encoded(const core::client_event& event) {
  auto out =
      protocol::voice{protocol::json_dialect(), protocol::features::none, protocol::framing::line, {}}.encoded(event);
  demand(out.ends_with("}\r\n") && out.find('\n') == out.size() - 1);
  out.resize(out.size() - 2);
  return out;
}

// What a command carries is within every limit, and a message reads back from the frame that it makes.
struct checked {
  void operator()(const core::client_join& c) const { room(c.room); }
  void operator()(const core::client_leave& c) const { room(c.room); }
  void operator()(const core::client_typing& c) const { room(c.room); }
  void operator()(const core::client_sync& c) const {
    if (!c.after.value.empty()) room(c.after);
  }
  void operator()(const core::client_ping&) const {}
  void operator()(const core::client_face&) const { demand(false); }
  void operator()(const core::client_read& c) const {
    room(c.room);
    demand(c.seq.value <= protocol::max_json_number);
  }
  void operator()(const core::client_history& c) const {
    room(c.room);
    demand(c.limit >= 1 && c.limit <= 500 && !(c.before && c.after));
  }
  void operator()(const core::client_send& c) const {
    room(c.room);
    demand(core::check_client_id(c.client_id).ok() && (c.act != nullptr) == !core::is_words(c.kind));
    demand(core::check_text(c.text).ok() || (c.act && c.text.empty()));
    core::room_entry entry{.seq = {1}, .author = {"ada"}, .client_id = c.client_id, .text = c.text, .kind = c.kind};
    if (c.act) {
      entry.target = c.act->target;
      entry.subject = c.act->subject;
      entry.extra = c.act->extra;
    }
    const auto frame = encoded(core::message_event{c.room, {1}, &entry, true, true});
    protocol::json_reader read{frame, core::ec::bad_frame};
    std::string made;
    demand(read.view("text") == protocol::told(entry, made) && read.text("id") == c.client_id);
    demand(read.flag("duplicate", false) && read.ok());
    if (c.act) again(c, read);
  }
  // An act reads back from what was written of it.
  static void again(const core::client_send& c, protocol::json_reader& read) {
    demand(c.text.view() == read.text_or("reason", "") && c.act->extra.size() <= protocol::max_extra_bytes);
    demand(c.act->target.value == read.number_if("target").value_or(0));
    demand(c.act->subject.value == read.text_or("user", ""));
    demand((c.act->until == core::wall_time{} ? "" : core::time_text(c.act->until)) == read.text_or("until", ""));
    demand(protocol::word_of(c.act->role) == read.text_or("role", ""));
    demand((c.act->set.which != 0) == read.has("settings"));
    if (const auto settings = read.object_if("settings")) {
      protocol::json_reader inner{*settings, core::ec::bad_frame};
      const auto set = protocol::read_settings(inner);
      demand(inner.ok() && set.which == c.act->set.which && set.to == c.act->set.to);
    }
    demand(read.ok());
  }
  void operator()(const core::client_mistake& c) const {
    demand(c.why.code != core::ec::none && c.why.code != core::ec::internal);
    demand(protocol::json_reader(encoded(core::error_event{c.why, c.room, c.client_id}), core::ec::bad_frame).ok());
    demand(protocol::json_reader(protocol::problem(c.why, c.client_id), core::ec::bad_frame).ok());
  }

  static void room(const core::room_id& id) { demand(core::check_room_reference(id.value).ok()); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  std::visit(checked{}, protocol::json_dialect().decode(text));
  (void)protocol::read_register(text, 4);
  (void)protocol::read_room_request(text, {});
  (void)protocol::read_act_body(text);
  (void)protocol::read_settings_body(text);
  (void)protocol::read_member_body(text, {"ada"});
  (void)protocol::read_sanction_body(text, core::entry_kind::ban, {"ada"});
  (void)protocol::read_audit_query(text, {}, {});
  core::post keyed;
  demand(!protocol::take_key(text, keyed) || text.empty() || core::check_client_id(keyed.client_id));
  (void)protocol::read_history_query(text, {}, {});
  (void)protocol::read_upgrade_query(text);
  return 0;
}
