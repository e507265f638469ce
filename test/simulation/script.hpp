#pragma once
#include <cstddef>
#include <deque>
#include <string>

#include "core/time.hpp"

namespace greenroom::simulation {

/// What happened, in lines for people. Off, it costs one compare a line.
class script {
 public:
  /// Keeps the last `kept` lines; 0: none, and nothing is written.
  explicit script(std::size_t kept) : kept_(kept) {}

  [[nodiscard]] bool on() const noexcept { return kept_ > 0; }
  /// `line()` makes the text, and is called only where somebody reads it.
  template <class Line>
  void say(core::mono_time now, Line line) {
    if (on()) add(now, line());
  }
  [[nodiscard]] const std::deque<std::string>& lines() const noexcept { return lines_; }

 private:
  void add(core::mono_time now, std::string line);

  std::size_t kept_;
  std::deque<std::string> lines_;
};

}  // namespace greenroom::simulation
