#pragma once
#include <variant>
#include <vector>

#include "core/journal.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/messages.hpp"
#include "test/simulation/store.hpp"

namespace greenroom::simulation {

/// Carries out what `core::journal` decides, on a thread of its own (actors/journal_actor.cpp).
class journal_shell final : public actor {
 public:
  struct deps {
    database* data = nullptr;
    simulation::store* store = nullptr;
  };
  journal_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(with) {}
  [[nodiscard]] std::string name() const override { return "journal"; }

  void receive(append_entries& request);
  void receive(reopen_room& request);
  void receive(const check_epoch& request);
  void receive(const check_epochs& request, promise<epochs_checked> owed);
  void receive(read_newest_view, promise<newest_view> owed);
  void receive(core::open_room& request, promise<core::room_opened> owed);
  void receive(flush_tick);

 private:
  using room = handle<room_shell>;
  using opener = std::variant<room, promise<core::room_opened>>;
  using opened = std::vector<core::result<core::room_opened>>;

  void flush_later();
  void open_rooms();
  void answer_checks();
  void commit();

  deps deps_;
  core::journal<room_append, room> machine_{64};
  std::vector<std::pair<core::open_room, opener>> opens_;
  std::vector<std::pair<check_epoch, room>> checks_;
  bool flushing_ = false;
};

}  // namespace greenroom::simulation
