#pragma once
#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "core/error.hpp"

namespace greenroom::core {

struct sanction;

/// Why something failed: a code for programs, and a detail for people where the table's sentence isn't enough.
struct error {
  ec code = ec::internal;
  std::string detail;                         ///< may be shown to the client; empty: the table's sentence
  unsigned retry_after = 0;                   ///< seconds until a retry makes sense; 0: not said
  std::shared_ptr<const sanction> because{};  ///< `banned`, `muted`, `suspended`: by whom, why, until when, if known
  room_bar bar = room_bar::none;              ///< `forbidden` to come in: by which mode

  /// The detail, or the table's sentence where there is none.
  [[nodiscard]] std::string text() const { return detail.empty() ? std::string(describe(code).sentence) : detail; }
  friend bool operator==(const error&, const error&) = default;
};

/// A value, or why there is none.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  result(error why) : held_(std::in_place_index<1>, std::move(why)) {}
  result(ec code) : held_(std::in_place_index<1>, error{code, {}, 0}) {}

  [[nodiscard]] bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }

  /// The value. Only when `ok()`.
  T& operator*() & { return std::get<0>(held_); }
  const T& operator*() const& { return std::get<0>(held_); }
  T&& operator*() && { return std::get<0>(std::move(held_)); }
  T* operator->() { return &std::get<0>(held_); }
  const T* operator->() const { return &std::get<0>(held_); }

  /// The error. Only when not `ok()`.
  [[nodiscard]] const error& why() const { return std::get<1>(held_); }
  /// The error's code, or `ec::none`.
  [[nodiscard]] ec code() const noexcept { return ok() ? ec::none : std::get<1>(held_).code; }

 private:
  std::variant<T, error> held_;
};

/// Stands for "done" in a `result` that carries nothing.
struct done {
  friend bool operator==(done, done) = default;
};
using status = result<done>;

}  // namespace greenroom::core
