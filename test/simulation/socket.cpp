#include "test/simulation/socket.hpp"

#include <algorithm>

#include "test/simulation/connection_shell.hpp"
#include "test/simulation/hub.hpp"
#include "test/simulation/world.hpp"

namespace greenroom::simulation {

socket::socket(process& home, hub& at, core::connection_id id, std::shared_ptr<wire> through, socket_limits limits)
    : home_(home), hub_(at), id_(id), wire_(std::move(through)), limits_(limits) {}

template <class Message>
void socket::tell_owner(Message what) {
  home_.send(owner_, {{}, 0, false, std::make_unique<statement<connection_shell, Message>>(std::move(what))});
}

// ---- the client port: what the connection wants waits in the mail

void socket::post(waiting_letter what) {
  letters_.push_back(std::move(what));
  hub_.push({weak_from_this()});
}

void socket::send(frame_ptr what) { post({.what = std::move(what)}); }

void socket::hint(frame_ptr what) { post({.what = std::move(what), .dispensable = true}); }

void socket::send_gap(core::topic_id topic, core::entry_gap gap, frame_ptr what) {
  post({.what = std::move(what), .gap = std::pair{topic, gap}});
}

void socket::close(ec why) { post({.close = why}); }

void socket::release(std::uint32_t count) { post({.released = count}); }

void socket::ask_room(core::answer_kind what) { post({.asked = what}); }

void socket::return_room(std::uint32_t count) { post({.returned = count}); }

void socket::take_letter() {
  const auto letter = std::move(letters_.front());
  letters_.pop_front();
  if (gone_) return;
  if (letter.gap)
    hub_.tell_gap(*this, letter.gap->first, letter.gap->second, letter.what);
  else if (letter.what && letter.dispensable)
    (void)take_latest(letter.what);
  else if (letter.what)
    take_answer(letter.what);
  if (letter.close) close_with(*letter.close);
  auto& check = home_.of().check;
  if (letter.returned > granted_) check.violated("a connection gives back more room than it had");
  granted_ -= std::min(granted_, letter.returned);
  if (letter.asked) wanted_ = letter.asked;
  grant();
  if (letter.released > unreleased_) check.violated("a connection releases more commands than it got");
  unreleased_ -= std::min(unreleased_, letter.released);
  if (letter.released > 0) read();
  flush();
}

// ---- reading

void socket::said(core::client_command what) {
  if (gone_ || sealed_) return;
  inbox_.push_back(std::move(what));
  read();
}

// What is here, as far as the window goes, in one message.
void socket::read() {
  commands_received read;
  while (!inbox_.empty() && unreleased_ < limits_.commands && out_.size() <= limits_.outbox) {
    read.commands.push_back(std::move(inbox_.front()));
    inbox_.pop_front();
    ++unreleased_;
  }
  if (!read.commands.empty()) tell_owner(std::move(read));
}

// ---- the outbox

bool socket::take_message(const frame_ptr& what) {
  if (sealed_) return false;
  if (out_.size() >= limits_.outbox && !blocked_) write();
  if (out_.size() >= limits_.outbox) return false;
  out_.push_back(what);
  return true;
}

void socket::take_answer(const frame_ptr& what) {
  if (!sealed_) out_.push_back(what);
}

bool socket::take_latest(const frame_ptr& what) {
  if (sealed_ || !roomy()) return false;
  out_.push_back(what);
  return true;
}

void socket::flush() {
  if (gone_) return;
  write();
  if (holed && roomy()) {
    hub_.recover(*this);
    write();
  }
  if (!std::exchange(awaits_room_, false) && inbox_.empty()) return;
  home_.later({}, [me = weak_from_this()] {
    const auto self = me.lock();
    if (!self || self->gone_) return;
    self->grant();
    self->read();
  });
}

void socket::write() {
  while (!out_.empty() && wire_->put(out_.front())) out_.pop_front();
  blocked_ = !out_.empty();
  if (sealed_ && out_.empty()) wire_->close();
}

void socket::writable() { flush(); }

void socket::grant() {
  if (!wanted_ || sealed_) return;
  const bool nothing_waits = out_.empty() && granted_ == 0;
  const bool beside =
      *wanted_ == core::answer_kind::replay && out_.size() + (granted_ + 1) * limits_.long_answer <= limits_.outbox;
  if (!nothing_waits && !beside) {
    awaits_room_ = true;
    return;
  }
  wanted_.reset();
  ++granted_;
  tell_owner(outbox_roomy{});
}

void socket::missed(core::topic_id topic, core::seq_no from, core::seq_no to) {
  tell_owner(entries_missed{topic, from, to});
}

// ---- the end

void socket::overflowed() {
  out_.clear();
  close_with(ec::too_slow);
}

void socket::close_with(ec why) {
  if (std::exchange(sealed_, true)) return;
  out_.push_back(make_frame(close_frame{why}));
  inbox_.clear();
}

void socket::hung_up() {
  if (std::exchange(gone_, true)) return;
  out_.clear();
  tell_owner(socket_closed{});
  hub_.remove(*this);
}

}  // namespace greenroom::simulation
