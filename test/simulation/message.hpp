#pragma once
#include <functional>
#include <memory>
#include <string>
#include <typeinfo>
#include <utility>

#include "core/result.hpp"
#include "test/simulation/address.hpp"
#include "test/simulation/describe.hpp"

namespace greenroom::simulation {

class actor;
class process;
struct letter;

/// What one actor tells another. Messages that bring handles have a member `import(process&)`, which makes the handles
/// those of the process that they arrive in.
class message {
 public:
  virtual ~message() = default;
  virtual void deliver(actor& to, letter& in) = 0;
  /// The message has crossed a link to this process.
  virtual void import(process&) {}
  [[nodiscard]] virtual std::string text() const = 0;
};

/// A message on its way.
struct letter {
  address from;
  std::uint64_t question = 0;  ///< the sender's number of what it asks; 0: no answer is wanted
  bool is_answer = false;      ///< `question` is the receiver's
  std::unique_ptr<message> what;
};

template <class What>
void import_into(What& what, process& here) {
  if constexpr (requires { what.import(here); }) what.import(here);
}

/// An answer that an actor owes. Dropped without one, the asker waits for its time-out.
template <class Reply>
class promise {
 public:
  promise() = default;
  promise(process& home, address asker, std::uint64_t question) : home_(&home), asker_(asker), question_(question) {}

  void keep(core::result<Reply> answer);
  void refuse(core::error why) { keep(core::result<Reply>{std::move(why)}); }
  /// Somebody else in this process, or over a link, answers instead.
  template <class To, class What>
  void delegate(const handle<To>& to, What what);

 private:
  process* home_ = nullptr;
  address asker_;
  std::uint64_t question_ = 0;
};

template <class To, class What>
class statement final : public message {
 public:
  explicit statement(What what) : what_(std::move(what)) {}
  void deliver(actor& to, letter&) override { static_cast<To&>(to).receive(what_); }
  void import(process& here) override { import_into(what_, here); }
  [[nodiscard]] std::string text() const override { return text_of(what_); }

 private:
  What what_;
};

template <class To, class What, class Reply>
class inquiry final : public message {
 public:
  explicit inquiry(What what) : what_(std::move(what)) {}
  void deliver(actor& to, letter& in) override;
  void import(process& here) override { import_into(what_, here); }
  [[nodiscard]] std::string text() const override { return text_of(what_) + "?"; }

 private:
  What what_;
};

/// What an actor does with the answer to one of its questions.
class expectation {
 public:
  virtual ~expectation() = default;
  virtual void fail(core::error why) = 0;
};
template <class Reply>
class expectation_of final : public expectation {
 public:
  explicit expectation_of(std::function<void(core::result<Reply>)> then) : then_(std::move(then)) {}
  void fail(core::error why) override { then_(core::result<Reply>{std::move(why)}); }
  void keep(core::result<Reply> answer) { then_(std::move(answer)); }

 private:
  std::function<void(core::result<Reply>)> then_;
};

template <class Reply>
class answer final : public message {
 public:
  explicit answer(core::result<Reply> what) : what_(std::move(what)) {}
  void deliver(actor& to, letter& in) override;
  void import(process& here) override {
    if (what_) import_into(*what_, here);
  }
  [[nodiscard]] std::string text() const override {
    return "answer: " + (what_ ? text_of(*what_) : std::string(core::to_string(what_.code())));
  }

 private:
  core::result<Reply> what_;
};

/// The answer that nobody gives: the asked actor was gone, or silent for too long.
class no_answer final : public message {
 public:
  explicit no_answer(core::error why) : why_(std::move(why)) {}
  void deliver(actor& to, letter& in) override;
  [[nodiscard]] std::string text() const override { return "no answer: " + std::string(core::to_string(why_.code)); }

 private:
  core::error why_;
};

/// An actor that the receiver watches has ended, or can't be reached any more.
class ending final : public message {
 public:
  explicit ending(address who) : who_(who) {}
  void deliver(actor& to, letter& in) override;
  [[nodiscard]] std::string text() const override { return "down"; }

 private:
  address who_;
};

/// The receiver is to end.
class exit_order final : public message {
 public:
  void deliver(actor& to, letter& in) override;
  [[nodiscard]] std::string text() const override { return "exit"; }
};

}  // namespace greenroom::simulation
