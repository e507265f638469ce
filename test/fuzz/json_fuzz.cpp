#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/names.hpp"
#include "protocol/chat_api.hpp"
#include "protocol/dialect.hpp"
#include "protocol/json_text.hpp"
#include "protocol/problem.hpp"
#include "protocol/users_api.hpp"

namespace core = greenroom::core;
namespace protocol = greenroom::protocol;

namespace {

void demand(bool truth) {
  if (!truth) std::abort();
}

const protocol::dialect& json() { return protocol::dialect_of(core::dialect_kind::json); }

// What a command carries is within every limit, and a message reads back from the frame that it makes.
struct checked {
  void operator()(const core::client_join& c) const { room(c.room); }
  void operator()(const core::client_leave& c) const { room(c.room); }
  void operator()(const core::client_typing& c) const { room(c.room); }
  void operator()(const core::client_ping&) const {}
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
    demand(core::check_client_id(c.client_id).ok() && core::check_text(c.text).ok());
    core::frames out;
    const core::room_entry entry{.seq = {1}, .author = {"ada"}, .client_id = c.client_id, .text = c.text};
    demand(json().encode(core::message_event{c.room, {1}, &entry, true, true}, out) && out.ends.size() == 1);
    protocol::json_reader read{out.bytes, core::ec::bad_frame};
    demand(read.view("text") == c.text && read.text("id") == c.client_id && read.flag("duplicate", false) && read.ok());
  }
  void operator()(const core::client_mistake& c) const {
    demand(c.why.code != core::ec::none && c.why.code != core::ec::internal);
    core::frames out;
    demand(json().encode(core::error_event{c.why, c.room, c.client_id}, out));
    demand(protocol::json_reader(out.bytes, core::ec::bad_frame).ok());
    demand(protocol::json_reader(protocol::problem(c.why, c.client_id), core::ec::bad_frame).ok());
  }

  static void room(const core::room_id& id) { demand(core::check_room_name(id.value).ok()); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  std::visit(checked{}, json().decode(text));
  (void)protocol::read_register(text, 4);
  (void)protocol::read_room_request(text, {});
  (void)protocol::read_history_query(text, {}, {});
  (void)protocol::read_upgrade_query(text);
  return 0;
}
