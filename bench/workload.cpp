#include "bench/workload.hpp"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "bench/clock.hpp"

namespace greenroom::bench {
namespace {

constexpr std::uint64_t patience_ns = 10 * second_ns;
constexpr std::uint64_t tick_ns = second_ns / 50;
constexpr std::uint64_t late_ns = second_ns / 100;

}  // namespace

workload::workload(const options& wanted)
    : wanted_(wanted),
      text_(wanted.payload),
      called_(wanted),
      spoken_(make_protocol(wanted, called_)),
      sockets_(wanted, *spoken_, *this),
      came_(std::size_t{wanted.connections()} * wanted.senders),
      copies_(wanted.members - (spoken_->echoes() ? 0 : 1)),
      slot_mask_(std::bit_ceil(2 * wanted.window) - 1) {
  for (std::uint32_t room = 0; room < wanted.rooms; ++room) {
    for (std::uint32_t place = 0; place < wanted.senders; ++place) {
      sender one;
      one.connection = room * wanted.members + place;
      one.slots.resize(slot_mask_ + 1);
      senders_.push_back(std::move(one));
    }
  }
}

// ---- sending

void workload::send(std::uint32_t who, std::uint64_t at) {
  sender& from = senders_[who];
  from.slots[from.next & slot_mask_] = {from.next, copies_};
  spoken_->say(from.connection, text_.stamped({who, from.next, at}), from.next, sockets_.out(from.connection));
  ++from.next;
  ++from.outstanding;
  ++counted_.sent;
}

void workload::refill(std::uint32_t who, std::uint64_t now) {
  sender& from = senders_[who];
  from.waiting = false;
  while (from.outstanding < wanted_.window) send(who, now);
  sockets_.flush(from.connection);
}

void workload::begin() {
  sockets_.join_all();
  sockets_.settle(0.5, 120);
  send(0, now_ns());
  sockets_.flush(senders_[0].connection);
  const auto limit = now_ns() + patience_ns;
  while (counted_.unique < copies_ && now_ns() < limit) sockets_.poll(now_ns() + tick_ns);
  if (counted_.unique != copies_) {
    give_up("only " + std::to_string(counted_.unique) + " of " + std::to_string(copies_) +
            " members heard the first message");
  }
  sockets_.settle(0.3, 2);
  sending_ = true;
  started_ns_ = now_ns();
  refills_.clear();
  for (std::uint32_t who = 0; wanted_.closed_loop() && who < senders_.size(); ++who) {
    senders_[who].progress_ns = now_ns();
    refill(who, now_ns());
  }
}

void workload::run_until(std::uint64_t end) {
  for (auto now = now_ns(); now < end; now = now_ns()) {
    if (wanted_.closed_loop())
      keep_windows_full(now);
    else
      send_what_is_due(now);
  }
}

void workload::keep_windows_full(std::uint64_t now) {
  if (now > next_check_ns_) give_stalled_windows_back(now);
  sockets_.poll(now + tick_ns);
  now = now_ns();
  for (const auto who : refills_) refill(who, now);
  refills_.clear();
}

// A lost message must not stop the run: it is counted, and its place in the window is free again.
void workload::give_stalled_windows_back(std::uint64_t now) {
  next_check_ns_ = now + second_ns / 4;
  for (std::uint32_t who = 0; who < senders_.size(); ++who) {
    sender& from = senders_[who];
    if (from.outstanding == 0 || now - from.progress_ns < patience_ns) continue;
    ++counted_.stalls;
    from.outstanding = 0;
    from.progress_ns = now;
    for (slot& one : from.slots) one.missing = 0;
    refill(who, now);
  }
}

// Latency counts from the time at which it was due, or a slow server would slow down what measures it.
void workload::send_what_is_due(std::uint64_t now) {
  const double gap_ns = 1e9 / wanted_.rate;
  for (;;) {
    const auto due = started_ns_ + static_cast<std::uint64_t>(static_cast<double>(ticks_) * gap_ns);
    if (due > now) return sockets_.poll(std::min(due, now + tick_ns));
    if (now - due > late_ns) ++counted_.late;
    const auto who = static_cast<std::uint32_t>(ticks_++ % senders_.size());
    send(who, due);
    sockets_.flush(senders_[who].connection);
  }
}

void workload::finish() {
  sending_ = false;
  const auto limit = now_ns() + to_ns(wanted_.drain_s);
  while (counted_.unique < counted_.sent * copies_ && now_ns() < limit) sockets_.poll(now_ns() + tick_ns);
  sockets_.settle(0.2, 1);  // duplicates come late
}

// ---- receiving

void workload::delivered(std::uint32_t connection, std::string_view text, std::string_view id, std::uint64_t now) {
  if (!text_.intact(text)) {
    ++counted_.corrupt;
    return;
  }
  const stamp said = payload::read(text);
  if (said.sender >= senders_.size() || said.sender / wanted_.senders != wanted_.room_of(connection)) {
    ++counted_.misrouted;
    return;
  }
  if (spoken_->returns_ids() && senders_[said.sender].connection == connection && id != std::to_string(said.number)) {
    ++counted_.corrupt;
    return;
  }
  const auto stream = std::size_t{connection} * wanted_.senders + said.sender % wanted_.senders;
  if (!came_.take(stream, said.number, counted_)) return;
  if (measuring_) {
    ++counted_.measured;
    latency_.add(now > said.sent_at_ns ? now - said.sent_at_ns : 0);
  }
  acknowledge(said.sender, said.number, now);
}

void workload::acknowledge(std::uint32_t who, std::uint32_t number, std::uint64_t now) {
  sender& from = senders_[who];
  slot& one = from.slots[number & slot_mask_];
  if (one.number != number || one.missing == 0 || --one.missing > 0) return;
  --from.outstanding;
  from.progress_ns = now;
  if (sending_ && !std::exchange(from.waiting, true)) refills_.push_back(who);
}

}  // namespace greenroom::bench
