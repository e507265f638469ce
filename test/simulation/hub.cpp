#include "test/simulation/hub.hpp"

#include <algorithm>

namespace greenroom::simulation {

void hub::add(std::shared_ptr<socket> who) { sockets_.emplace(who->id(), std::move(who)); }

void hub::remove(socket& who) {
  while (!who.topics.empty()) unsubscribe(who, who.topics.back());
  sockets_.erase(who.id());
}

socket* hub::find(core::connection_id id) const {
  const auto at = sockets_.find(id);
  return at == sockets_.end() ? nullptr : at->second.get();
}

hub::listener* hub::find(core::topic_id in, core::connection_id connection) {
  const auto at = topics_.find(in);
  if (at == topics_.end()) return nullptr;
  const auto who = at->second.find(connection);
  return who == at->second.end() ? nullptr : &who->second;
}

void hub::unsubscribe(socket& who, core::topic_id from) {
  std::erase(who.topics, from);
  const auto at = topics_.find(from);
  if (at == topics_.end()) return;
  at->second.erase(who.id());
  if (at->second.empty()) topics_.erase(at);
}

void hub::flush_all(core::topic_id of) {
  std::vector<std::shared_ptr<socket>> all;
  if (const auto at = topics_.find(of); at != topics_.end())
    for (const auto& [id, to] : at->second) all.push_back(sockets_.at(id));
  for (const auto& one : all) one->flush();
}

// ---- commands

void hub::receive(hub_command::listen& what) {
  auto* const who = find(what.connection);
  if (who == nullptr) return;
  listener fresh{who, core::cursor<batch_ptr>(limits_.held_batches)};
  if (!topics_[what.topic].insert_or_assign(what.connection, std::move(fresh)).second) return;
  who->topics.push_back(what.topic);
}

void hub::receive(hub_command::open& what) {
  auto* const to = find(what.topic, what.connection);
  if (to == nullptr || to->who->sealed()) return;
  for (const auto& one : what.first) to->who->take_answer(one);
  let_out(what.topic, *to, to->at.open(what.next));
  sockets_.at(what.connection)->flush();
}

void hub::receive(hub_command::leave& what) {
  auto* const to = find(what.topic, what.connection);
  if (to == nullptr) return;
  auto& who = *to->who;
  for (const auto& one : what.last) who.take_answer(one);
  unsubscribe(who, what.topic);
  who.flush();
}

void hub::receive(hub_command::deliver& what) {
  const auto at = topics_.find(what.topic);
  if (at == topics_.end()) return;
  for (auto& [id, to] : at->second) {
    if (to.who->sealed()) continue;
    const auto count = static_cast<std::uint32_t>(what.batch->frames.size());
    const auto range = to.at.batch(what.batch->first, count, what.batch);
    if (!range.empty()) (void)send_range(to, what.batch, range);
    if (to.at.holed()) torn(what.topic, to);
  }
  flush_all(what.topic);
}

void hub::receive(hub_command::tell& what) {
  const auto at = topics_.find(what.topic);
  if (at == topics_.end()) return;
  for (auto& [id, to] : at->second) {
    if (to.at.closed() || to.who->sealed()) continue;
    const bool waits = what.keep && !to.late.empty();
    if (!waits && to.who->take_latest(what.event)) continue;
    if (what.keep) keep(to, what.event);
  }
  flush_all(what.topic);
}

void hub::receive(hub_command::skip& what) {
  const auto at = topics_.find(what.topic);
  if (at == topics_.end()) return;
  for (auto& [id, to] : at->second) {
    to.at.skip(what.head);
    if (to.at.holed() && !to.who->sealed()) torn(what.topic, to);
  }
}

void hub::receive(hub_command::end& what) {
  auto topic = topics_.extract(what.topic);
  if (!topic) return;
  for (auto& [id, to] : topic.mapped()) {
    to.who->take_answer(what.last);
    std::erase(to.who->topics, what.topic);
    sockets_.at(id)->flush();
  }
}

void hub::receive(hub_command::take_letter& what) {
  if (const auto from = what.from.lock()) from->take_letter();
}

void hub::tell_gap(socket& who, core::topic_id in, const core::entry_gap& gap, const frame_ptr& what) {
  auto* const at = find(in, who.id());
  if (at == nullptr || who.sealed() || !at->at.tells(gap)) return;
  who.take_answer(what);
  let_out(in, *at, at->at.told(gap));
}

// ---- entries

void hub::let_out(core::topic_id in, listener& to, const std::vector<core::cursor<batch_ptr>::piece>& held) {
  for (const auto& piece : held)
    if (!send_range(to, piece.what, piece.frames)) break;
  if (to.at.holed()) torn(in, to);
}

// Whether all of it was taken.
bool hub::send_range(listener& to, const batch_ptr& batch, core::frame_range range) {
  for (auto i = range.begin; i < range.end; ++i) {
    const auto own = batch->personal.find({to.who->id(), i});
    if (to.who->take_message(own == batch->personal.end() ? batch->frames[i] : own->second)) continue;
    to.at.refused(batch->first + i);
    return false;
  }
  return true;
}

void hub::torn(core::topic_id in, listener& who) {
  auto& slow = *who.who;
  if (slow.sealed()) return;
  if (!slow.roomy()) {
    slow.holed = true;
  } else if (const auto gap = who.at.drained()) {
    slow.missed(in, gap->from, gap->to);
  }
}

void hub::recover(socket& who) {
  who.holed = false;
  for (const auto topic : who.topics) {
    auto& slow = topics_.at(topic).at(who.id());
    if (const auto gap = slow.at.drained()) who.missed(topic, gap->from, gap->to);
    if (!slow.late.empty()) catch_up(slow);
  }
}

void hub::keep(listener& slow, const frame_ptr& event) {
  if (slow.late.size() >= limits_.held_batches) return slow.who->overflowed();
  slow.late.push_back(event);
  slow.who->holed = true;
}

void hub::catch_up(listener& slow) {
  auto& late = slow.late;
  while (!late.empty() && slow.who->take_latest(late.front())) late.erase(late.begin());
  if (!late.empty()) slow.who->holed = true;
}

}  // namespace greenroom::simulation
