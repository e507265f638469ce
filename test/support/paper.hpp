#pragma once
#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/ports.hpp"
#include "test/support/frames.hpp"

/// Sockets and hubs of paper: what they are told is written down.
namespace greenroom::test {

/// A socket that writes down what it is told.
struct paper_client final : core::client {
  std::vector<std::string> sent;
  std::vector<core::seq_no> told;  ///< the last entries of gaps
  std::uint32_t released = 0;
  std::vector<core::answer_kind> asked;  ///< long answers that were asked room for
  std::uint32_t returned = 0;            ///< of those: sent, or given up
  std::function<void()> roomy;           ///< says at once that there is room, if it is set
  core::ec closed = core::ec::none;
  std::string reason;  ///< of the close

  void send(std::string frames) override {
    for (auto& payload : payloads_of(frames)) sent.push_back(std::move(payload));
  }
  void hint(std::string frames) override { send(std::move(frames)); }
  void send_gap(core::topic_id, core::seq_no, core::seq_no to, std::string frames) override {
    send(std::move(frames));
    told.push_back(to);
  }
  void close(core::ec why, std::string_view because) override {
    closed = why;
    reason = because;
  }
  void release(std::uint32_t count) override { released += count; }
  void ask_room(core::answer_kind what) override {
    asked.push_back(what);
    if (roomy) roomy();
  }
  void return_room(std::uint32_t count) override { returned += count; }
};

/// Hubs that deliver into paper clients.
struct paper_audience : core::audience {
  std::map<core::connection_id, std::shared_ptr<paper_client>> clients;
  std::map<core::topic_id, std::map<core::connection_id, core::voice_id>> topics;
  unsigned skipped = 0;  ///< holes in what was delivered

  void listen(core::topic_id topic, core::connection_id who, core::hearing how) override {
    topics[topic][who] = how.voice;
  }
  void open(core::topic_id, core::connection_id who, std::string first, core::seq_no) override {
    clients[who]->send(std::move(first));
  }
  void rehear(core::topic_id topic, core::connection_id who, core::hearing how) override {
    topics[topic][who] = how.voice;
  }
  void leave(core::topic_id topic, core::connection_id who, std::string last) override {
    clients[who]->send(std::move(last));
    topics[topic].erase(who);
  }
  void deliver(core::topic_id topic, std::shared_ptr<const core::encoded_batch> batch) override {
    for (auto& [who, voice] : topics[topic])
      for (std::uint32_t i = 0; i < batch->count; ++i) {
        const auto own = std::find_if(batch->personal.begin(), batch->personal.end(), [&, &id = who](const auto& one) {
          return one.connection == id && one.index == i;
        });
        clients[who]->send(own != batch->personal.end() ? own->bytes : entry(*batch->text.find(voice), i));
      }
  }
  static std::string entry(const core::encoded& text, std::uint32_t i) {
    return text.bytes.substr(text.begin_of(i), text.begin_of(i + 1) - text.begin_of(i));
  }
  void tell(core::topic_id topic, core::latest, std::shared_ptr<const core::encoded_event> event) override {
    for (auto& [who, voice] : topics[topic]) {
      const auto* bytes = event->find(voice);
      for (const auto& [connection, own] : event->personal)
        if (connection == who) bytes = &own;
      if (bytes != nullptr) clients[who]->send(*bytes);
    }
  }
  void skip(core::topic_id, core::seq_no) override { ++skipped; }
  void end(core::topic_id topic, std::shared_ptr<const core::encoded_event> last) override {
    tell(topic, core::latest::presence, last);
    topics.erase(topic);
  }
};

/// Limits that allow everything.
struct no_limits final : core::limits {
  core::limit_verdict take(core::limit_class, std::string_view, std::uint32_t) override { return {}; }
};

}  // namespace greenroom::test
