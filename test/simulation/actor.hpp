#pragma once
#include <deque>
#include <optional>
#include <unordered_map>

#include "test/simulation/message.hpp"
#include "test/simulation/process.hpp"

namespace greenroom::simulation {

/// What CAF gives an actor: a mailbox in order, messages, questions with time-outs, watching others. One message is
/// handled at a time; a derived class has a `receive` for each kind.
class actor {
 public:
  actor(process& home, actor_no number) : home_(home), number_(number) {}
  virtual ~actor() = default;
  actor(const actor&) = delete;
  actor& operator=(const actor&) = delete;

  [[nodiscard]] process& home() const noexcept { return home_; }
  [[nodiscard]] actor_no number() const noexcept { return number_; }
  [[nodiscard]] bool ended() const noexcept { return ended_; }
  /// For the script.
  [[nodiscard]] virtual std::string name() const = 0;

  /// No message is handled until as many calls of `unblock`: the actor's thread waits for a database.
  void block() noexcept { ++blocked_; }
  void unblock() {
    --blocked_;
    home_.unblock(*this);
  }

 protected:
  template <class To, class What>
  void send(const handle<To>& to, What what) {
    home_.send(to, {{number_, {}}, 0, false, std::make_unique<statement<To, What>>(std::move(what))});
  }
  template <class Self, class What>
  void send_later(Self*, core::mono_time::duration wait, What what) {
    home_.send_later(wait, address{number_, {}},
                     {{number_, {}}, 0, false, std::make_unique<statement<Self, What>>(std::move(what))});
  }
  /// Asks; `then` gets the answer, or `unavailable` where the other is gone or silent for `patience`. Over a link that
  /// breaks there is no answer but the time-out.
  template <class Reply, class To, class What>
  void request(const handle<To>& to, std::optional<core::mono_time::duration> patience, What what,
               std::function<void(core::result<Reply>)> then) {
    const auto number = expect(std::make_unique<expectation_of<Reply>>(std::move(then)), patience);
    home_.send(to, {{number_, {}}, number, false, std::make_unique<inquiry<To, What, Reply>>(std::move(what))});
  }
  /// `down` is called when the other ends, or can't be reached.
  void monitor(const address& other) { home_.watch(number_, other); }
  void demonitor(const address& other) { home_.unwatch(number_, other); }
  void send_exit(const address& other);
  /// Ends when this message is handled.
  void quit() noexcept { ended_ = true; }
  /// Whose message this is.
  [[nodiscard]] const address& sender() const noexcept { return sender_; }
  template <class Self>
  [[nodiscard]] handle<Self> self(const Self*) const noexcept {
    return {{number_, {}}};
  }
  virtual void down(const address&) {}
  virtual void exited() { quit(); }

 private:
  friend class process;
  template <class Reply>
  friend class answer;
  friend class no_answer;
  friend class ending;
  friend class exit_order;

  std::uint64_t expect(std::unique_ptr<expectation> then, std::optional<core::mono_time::duration> patience);
  [[nodiscard]] bool expects(std::uint64_t question) const;
  [[nodiscard]] std::unique_ptr<expectation> take(std::uint64_t question);

  process& home_;
  actor_no number_;
  address sender_;
  bool ended_ = false;
  unsigned blocked_ = 0;
  bool scheduled_ = false;
  std::deque<letter> mailbox_;
  std::uint64_t last_question_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<expectation>> expected_;
};

template <class Reply>
void promise<Reply>::keep(core::result<Reply> given) {
  if (home_ != nullptr) home_->send(asker_, {{}, question_, true, std::make_unique<answer<Reply>>(std::move(given))});
  home_ = nullptr;
}

template <class Reply>
template <class To, class What>
void promise<Reply>::delegate(const handle<To>& to, What what) {
  if (home_ != nullptr)
    home_->send(to, {asker_, question_, false, std::make_unique<inquiry<To, What, Reply>>(std::move(what))});
  home_ = nullptr;
}

template <class To, class What, class Reply>
void inquiry<To, What, Reply>::deliver(actor& to, letter& in) {
  static_cast<To&>(to).receive(what_, promise<Reply>{to.home(), in.from, in.question});
}

template <class Reply>
void answer<Reply>::deliver(actor& to, letter& in) {
  if (const auto who = to.take(in.question)) static_cast<expectation_of<Reply>&>(*who).keep(std::move(what_));
}

}  // namespace greenroom::simulation
