#include "net/hub_shard.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace greenroom::net {
namespace {

// After this many writes, other handlers of the thread get a turn: the output that they add goes out with the
// remaining output.
constexpr std::size_t writes_a_turn = 32;

// A room that was quiet for some milliseconds has no listener in the processor's caches: prefetching the one after the
// next while this one is written hides some of that.
constexpr std::size_t ahead = 2;
void prefetch(const outlet& who) noexcept {
  constexpr std::size_t line = 64, hot = 256;  // bytes; all of an outlet, and what a connection needs to write
  for (std::size_t at = 0; at < hot; at += line) __builtin_prefetch(reinterpret_cast<const char*>(&who) + at, 1);
}

// The event in this voice, or as it is for that connection alone; empty where the dialect has no word for it.
slice spoken(const std::shared_ptr<const core::encoded_event>& event, core::voice_id voice, core::connection_id to) {
  const std::string* bytes = event->find(voice);
  for (const auto& [connection, own] : event->personal)
    if (connection == to) bytes = &own;
  return bytes == nullptr ? slice() : slice(std::shared_ptr<const std::string>(event, bytes));
}

}  // namespace

hub_shard::hub_shard(boost::asio::io_context& context, std::size_t slot, const hub_settings& settings)
    : context_(context), slot_(slot), settings_(settings), ticker_(context) {}

void hub_shard::push(hub_command::any what) {
  {
    const std::lock_guard hold(lock_);
    inbox_.push_back(std::move(what));
    if (std::exchange(turn_posted_, true)) return;
  }
  boost::asio::post(context_, [this] { turn(); });
}

void hub_shard::turn() {
  {
    const std::lock_guard hold(lock_);
    turn_posted_ = false;
    taken_.swap(inbox_);
  }
  in_turn_ = true;
  for (hub_command::any& command : taken_) std::visit([this](auto& what) { run(what); }, command);
  taken_.clear();
  in_turn_ = false;
  flush_dirty();
  publish_figures();
}

void hub_shard::stop() {
  boost::asio::post(context_, [this] {
    stopped_ = true;
    std::vector<std::shared_ptr<outlet>> all;
    for (const auto& [id, who] : connections_) all.push_back(who);
    for (const auto& who : all) who->cut();
    publish_figures();
  });
}

// ---- connections

void hub_shard::add(std::shared_ptr<outlet> who) {
  outlet& added = *who;
  connections_.emplace(added.id(), std::move(who));
  start_ticking();
  if (stopped_) boost::asio::post(context_, [held = added.shared_from_this()] { held->cut(); });
  publish_figures();
}

void hub_shard::remove(outlet& who) {
  while (!who.topics_.empty()) unsubscribe(who, who.topics_.back().topic);
  if (std::exchange(who.dirty_, false)) std::erase(dirty_, &who);
  who.out_.abandon();
  account(who);
  connections_.erase(who.id());
  publish_figures();
}

outlet* hub_shard::find(core::connection_id id) const {
  const auto at = connections_.find(id);
  return at == connections_.end() ? nullptr : at->second.get();
}

hub_shard::listener* hub_shard::find(core::topic_id in, core::connection_id connection) {
  outlet* who = find(connection);
  if (!who) return nullptr;
  for (const outlet::subscription& one : who->topics_)
    if (one.topic == in) return &topics_.find(in)->second[one.place];
  return nullptr;
}

void hub_shard::unsubscribe(outlet& who, core::topic_id from) {
  const auto at = std::find_if(who.topics_.begin(), who.topics_.end(),
                               [&](const outlet::subscription& one) { return one.topic == from; });
  if (at == who.topics_.end()) return;
  remove_place(from, at->place);
  *at = who.topics_.back();
  who.topics_.pop_back();
}

void hub_shard::remove_place(core::topic_id which, std::uint32_t place) {
  const auto at = topics_.find(which);
  topic& listeners = at->second;
  if (place + 1 != listeners.size()) {
    listeners[place] = std::move(listeners.back());
    for (outlet::subscription& one : listeners[place].who->topics_)
      if (one.topic == which) one.place = place;
  }
  listeners.pop_back();
  --counts_.listeners;
  if (listeners.empty()) topics_.erase(at);
}

// ---- commands

void hub_shard::run(hub_command::listen& what) {
  outlet* who = find(what.connection);
  if (!who) return;
  if (listener* old = find(what.topic, what.connection)) {
    *old = listener{who, what.how, core::cursor<batch_ptr>(settings_.held_batches)};
    return;
  }
  topic& listeners = topics_[what.topic];
  who->topics_.push_back({what.topic, static_cast<std::uint32_t>(listeners.size())});
  listeners.push_back(listener{who, what.how, core::cursor<batch_ptr>(settings_.held_batches)});
  ++counts_.listeners;
}

void hub_shard::run(hub_command::open& what) {
  listener* to = find(what.topic, what.connection);
  if (!to || to->who->out_.sealed()) return;
  current_ = what.topic;
  answer(*to->who, slice(std::move(what.first)));
  let_out(*to, to->at.open(what.next));
}

void hub_shard::run(hub_command::rehear& what) {
  if (listener* to = find(what.topic, what.connection)) to->how = what.how;
}

void hub_shard::run(hub_command::leave& what) {
  listener* to = find(what.topic, what.connection);
  if (!to) return;
  outlet& who = *to->who;
  answer(who, slice(std::move(what.last)));
  unsubscribe(who, what.topic);
}

void hub_shard::run(hub_command::deliver& what) {
  const auto at = topics_.find(what.topic);
  if (at == topics_.end()) return;
  current_ = what.topic;
  const core::encoded_batch& batch = *what.batch;
  mark_personal(batch);
  topic& listeners = at->second;
  for (std::size_t i = 0; i < listeners.size(); ++i) {
    if (i + ahead < listeners.size()) prefetch(*listeners[i + ahead].who);
    listener& to = listeners[i];
    if (to.who->out_.sealed()) continue;
    const core::frame_range range = to.at.batch(batch.first, batch.count, what.batch);
    if (!range.empty()) (void)send_range(to, what.batch, range);
    if (to.at.holed()) torn(to);
  }
}

void hub_shard::run(hub_command::tell& what) {
  const auto at = topics_.find(what.topic);
  if (at == topics_.end()) return;
  for (listener& to : at->second) {
    if (to.at.closed() || to.who->out_.sealed()) continue;
    const slice said = spoken(what.event, to.how.voice, to.who->id());
    if (said.length == 0) continue;
    const bool waits = what.keep && to.late;
    if (!waits && to.who->out_.take_latest(said))
      mark_dirty(*to.who);
    else if (what.keep)
      keep(to, what.event);
    else
      ++counts_.dropped;
  }
}

void hub_shard::run(hub_command::skip& what) {
  const auto at = topics_.find(what.topic);
  if (at == topics_.end()) return;
  current_ = what.topic;
  for (listener& to : at->second) {
    to.at.skip(what.head);
    if (to.at.holed() && !to.who->out_.sealed()) torn(to);
  }
}

void hub_shard::run(hub_command::end& what) {
  const auto at = topics_.find(what.topic);
  if (at == topics_.end()) return;
  for (const listener& to : at->second) {
    answer(*to.who, spoken(what.last, to.how.voice, to.who->id()));
    std::erase_if(to.who->topics_, [&](const outlet::subscription& one) { return one.topic == what.topic; });
  }
  counts_.listeners -= at->second.size();
  topics_.erase(at);
}

void hub_shard::run(hub_command::call& what) { what.of->carry_out(what.what); }

void hub_shard::tell_gap(outlet& who, const client_call::send_gap& what) {
  listener* const to = find(what.topic, who.id());
  if (!to || who.out_.sealed() || !to->at.tells(what.gap)) return;
  current_ = what.topic;
  answer(who, what.frames);
  let_out(*to, to->at.told(what.gap));
}

// ---- entries

// The cursor may have a hole behind the held batches: that is no reason to leave out any of those.
void hub_shard::let_out(listener& to, const std::vector<core::cursor<batch_ptr>::piece>& held) {
  for (const auto& piece : held) {
    mark_personal(*piece.what);
    if (!send_range(to, piece.what, piece.frames)) break;
  }
  if (to.at.holed()) torn(to);
}

void hub_shard::mark_personal(const core::encoded_batch& batch) {
  ++delivery_;
  const auto& all = batch.personal;
  for (std::uint32_t i = 0; i < all.size();) {
    const core::connection_id id = all[i].connection;
    const std::uint32_t begin = i;
    while (i < all.size() && all[i].connection == id) ++i;
    if (io_pool::slot_of(id) != slot_) continue;
    if (outlet* who = find(id)) who->mark_ = {delivery_, begin, i};
  }
}

// Returns whether all of it was taken. The rest is a hole.
bool hub_shard::send_range(listener& to, const batch_ptr& batch, core::frame_range range) {
  outlet& who = *to.who;
  const bool marked = who.mark_.delivery == delivery_;
  std::uint32_t own = marked ? who.mark_.begin : 0;
  const std::uint32_t own_end = marked ? who.mark_.end : 0;
  const auto& personal = batch->personal;
  std::uint32_t at = range.begin;
  while (own < own_end && personal[own].index < at) ++own;
  while (at < range.end) {
    const bool has_own = own < own_end && personal[own].index < range.end;
    const std::uint32_t until = has_own ? personal[own].index : range.end;
    at = send_run(to, batch, {at, until});
    if (at != until) break;
    if (!has_own) continue;
    const std::string& bytes = personal[own].bytes;  // none: the connection isn't to hear it
    if (!bytes.empty() && !send_message(who, slice(std::shared_ptr<const std::string>(batch, &bytes)))) break;
    ++at;
    ++own;
  }
  counts_.deliveries += at - range.begin;
  if (at < range.end) to.at.refused(batch->first + at);
  return at == range.end;
}

std::uint32_t hub_shard::send_run(listener& to, const batch_ptr& batch, core::frame_range run) {
  outlet& who = *to.who;
  const core::encoded* text = batch->text.find(to.how.voice);
  // A batch that wasn't encoded for this voice can't be sent, which must not go unnoticed.
  if (text == nullptr || text->ends.size() < run.end) return run.begin;
  const auto slice_to = [&](std::uint32_t end) {
    const std::uint32_t begin = text->begin_of(run.begin);
    return slice(std::shared_ptr<const std::string>(batch, &text->bytes), begin, text->begin_of(end) - begin);
  };
  while (!run.empty()) {
    if (send_message(who, slice_to(run.end))) return run.end;
    // It doesn't fit whole: as many entries as fit, and more where the socket takes them at once.
    const auto first = text->ends.begin() + run.begin;
    const auto fitting =
        std::upper_bound(first, text->ends.begin() + run.end, text->begin_of(run.begin) + who.out_.room());
    const auto end = static_cast<std::uint32_t>(fitting - text->ends.begin());
    if (end == run.begin || !send_message(who, slice_to(end))) break;
    run.begin = end;
  }
  return run.begin;
}

bool hub_shard::send_message(outlet& to, const slice& what) {
  if (what.length > to.out_.room()) {
    if (to.blocked_) return false;
    write(to);  // gaps are told when this is over: there may be more of it
  }
  if (!to.out_.take_message(what)) return false;
  mark_dirty(to);
  return true;
}

void hub_shard::torn(listener& who) {
  outlet& slow = *who.who;
  if (slow.out_.sealed()) return;
  if (!who.how.has_gaps) {
    overflow(slow);
  } else if (slow.out_.roomy()) {
    if (const auto gap = who.at.drained()) report(slow, current_, *gap);
  } else {
    slow.holed_ = true;
  }
}

void hub_shard::report(outlet& who, core::topic_id from, core::entry_gap gap) {
  ++counts_.gaps;
  who.missed(from, gap.from, gap.to);
}

void hub_shard::recover(outlet& who) {
  who.holed_ = false;
  for (const outlet::subscription& one : who.topics_) {
    listener& slow = topics_.find(one.topic)->second[one.place];
    if (const auto gap = slow.at.drained()) report(who, one.topic, *gap);
    if (slow.late) catch_up(slow);
  }
}

// A presence change that was left out would leave the listener's list wrong for ever.
void hub_shard::keep(listener& slow, const event_ptr& event) {
  if (!slow.late) slow.late = std::make_unique<std::vector<event_ptr>>();
  if (slow.late->size() >= settings_.held_batches) return overflow(*slow.who);
  slow.late->push_back(event);
  slow.who->holed_ = true;
}

void hub_shard::catch_up(listener& slow) {
  std::size_t taken = 0;
  for (const event_ptr& event : *slow.late) {
    if (!slow.who->out_.take_latest(spoken(event, slow.how.voice, slow.who->id()))) break;
    ++taken;
  }
  if (taken > 0) mark_dirty(*slow.who);
  if (taken == slow.late->size()) {
    slow.late.reset();
  } else {
    slow.late->erase(slow.late->begin(), slow.late->begin() + static_cast<std::ptrdiff_t>(taken));
    slow.who->holed_ = true;
  }
}

// ---- writing

void hub_shard::answer(outlet& who, slice what) {
  if (what.length > 0 && who.out_.take_answer(std::move(what))) mark_dirty(who);
}

void hub_shard::hint(outlet& who, slice what) {
  if (what.length == 0 || who.out_.sealed()) return;
  if (who.out_.take_latest(std::move(what)))
    mark_dirty(who);
  else
    ++counts_.dropped;
}

void hub_shard::overflow(outlet& who) {
  ++counts_.too_slow;
  who.overflowed();
}

void hub_shard::mark_dirty(outlet& who) {
  if (who.dirty_) return;
  if (who.blocked_) return account(who);  // nothing else accounts it before the socket takes bytes again
  who.dirty_ = true;
  dirty_.push_back(&who);
  if (!in_turn_) post_flush();
}

void hub_shard::post_flush() {
  if (std::exchange(flush_posted_, true)) return;
  boost::asio::post(context_, [this] {
    flush_posted_ = false;
    flush_dirty();
    publish_figures();
  });
}

void hub_shard::flush_dirty() {
  const std::size_t count = std::min(dirty_.size(), writes_a_turn);
  for (std::size_t i = 0; i < count; ++i) {
    if (i + ahead < dirty_.size()) prefetch(*dirty_[i + ahead]);
    outlet& who = *dirty_[i];
    who.dirty_ = false;
    if (!who.blocked_) flush(who);
  }
  dirty_.erase(dirty_.begin(), dirty_.begin() + static_cast<std::ptrdiff_t>(count));
  if (!dirty_.empty()) post_flush();
}

void hub_shard::writable(outlet& who) {
  who.blocked_ = false;
  flush(who);
  publish_figures();
}

void hub_shard::write(outlet& who) {
  if (!who.out_.empty()) {
    ++counts_.writes;
    switch (who.tls_ == nullptr ? who.out_.flush(who.handle()) : who.out_.flush(who.handle(), *who.tls_)) {
      case outbox::flushed::all:
        who.written();
        break;
      case outbox::flushed::blocked:
        who.blocked_ = true;
        who.await_writable();
        break;
      case outbox::flushed::broken:
        who.blocked_ = true;
        who.broken();
        break;
    }
  }
  account(who);
}

void hub_shard::flush(outlet& who) {
  write(who);
  if (who.holed_ && who.out_.roomy()) recover(who);
  if (who.awaits_room_) who.drained();
}

// Bytes that a socket took at once were never counted.
void hub_shard::account(outlet& who) {
  const std::size_t bytes = who.out_.bytes();
  if (bytes == who.counted_bytes_) return;
  counts_.outbox_bytes += bytes - who.counted_bytes_;
  if (bytes > who.counted_bytes_)
    who.client_->add(bytes - who.counted_bytes_);
  else
    who.client_->remove(who.counted_bytes_ - bytes);
  who.counted_bytes_ = bytes;
  who.out_.tighten(bytes > 0 && !who.client_->fits(0));
}

// ---- clock and figures

void hub_shard::start_ticking() {
  if (ticking_ || stopped_) return;
  ticking_ = true;
  ticker_.expires_after(settings_.tick);
  ticker_.async_wait([this](boost::system::error_code failure) {
    if (failure) return;
    ticking_ = false;
    const core::mono_time now = std::chrono::steady_clock::now();
    for (const auto& [id, who] : connections_) who->tick(now);
    if (!connections_.empty()) start_ticking();
    publish_figures();
  });
}

void hub_shard::publish_figures() {
  counts_.connections = connections_.size();
  for (std::size_t i = 0; i < shown_.size(); ++i) shown_[i].store(counts_.*figure_list[i], std::memory_order_relaxed);
}

hub_figures hub_shard::figures() const {
  hub_figures out;
  for (std::size_t i = 0; i < shown_.size(); ++i) out.*figure_list[i] = shown_[i].load(std::memory_order_relaxed);
  return out;
}

}  // namespace greenroom::net
