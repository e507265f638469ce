#pragma once
#include <map>

#include "core/directory.hpp"
#include "test/simulation/actor.hpp"
#include "test/simulation/cluster_messages.hpp"
#include "test/simulation/messages.hpp"

namespace greenroom::simulation {

/// Carries out what `core::directory` decides (actors/directory_actor.cpp).
class directory_shell final : public actor {
 public:
  directory_shell(process& home, actor_no number);
  [[nodiscard]] std::string name() const override { return "directory"; }

  void receive(registration& what, promise<core::cluster_view> owed);
  void receive(core::beat& from);
  void receive(sweep_tick&);

 private:
  struct life {
    core::incarnation_id incarnation;
    handle<node_shell> node;
  };

  void down(const address& source) override;
  void carry_out(core::directory_effects out);

  core::directory_limits limits_;
  core::directory machine_;
  std::map<core::node_name, life> nodes_;
};

}  // namespace greenroom::simulation
