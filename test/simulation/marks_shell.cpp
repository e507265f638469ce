#include "test/simulation/marks_shell.hpp"

#include "test/simulation/node_shell.hpp"

namespace greenroom::simulation {
namespace {

constexpr seconds marks_patience{10};

}  // namespace

void marks_shell::receive(note_marks& noted) {
  for (const auto& [room, seq] : noted.read)
    send(deps_.node,
         core::user_news{
             .user = noted.user, .kind = core::news_kind::read, .room = room, .seq = seq, .but = noted.from});
  (void)machine_.add(noted.user, noted.read);
  write_later();
}

void marks_shell::receive(flush_tick&) {
  ticking_ = false;
  write_later();
}

void marks_shell::write_later() {
  const auto now = home().now().mono;
  const auto due = machine_.due();
  if (due && *due <= now)
    write();
  else if (due && !std::exchange(ticking_, true))
    send_later(this, *due - now, flush_tick{});
}

void marks_shell::write() {
  auto marks = machine_.take(home().now().mono);
  if (marks.empty()) return;
  if (++writes_ % 2 == 0 && deps_.loses) {
    machine_.written(ec::none);
    return write_later();
  }
  request<core::marks_moved>(deps_.node, marks_patience, ask_catalog<core::move_marks>{{std::move(marks)}},
                             [this](const core::result<core::marks_moved>& done) {
                               machine_.written(done.code());
                               write_later();
                             });
}

}  // namespace greenroom::simulation
