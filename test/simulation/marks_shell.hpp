#pragma once
#include "core/marks.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/messages.hpp"

namespace greenroom::simulation {

class node_shell;

/// Carries out what `core::marks` decides (actors/marks_actor.cpp).
class marks_shell final : public actor {
 public:
  struct deps {
    handle<node_shell> node;
    bool loses = false;  ///< sabotage
  };
  marks_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(with), machine_({}) {}
  [[nodiscard]] std::string name() const override { return "marks"; }

  void receive(note_marks& noted);
  void receive(flush_tick&);

 private:
  void write_later();
  void write();

  deps deps_;
  core::marks machine_;
  bool ticking_ = false;
  unsigned writes_ = 0;
};

}  // namespace greenroom::simulation
