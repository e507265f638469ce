#pragma once
#include <functional>
#include <map>
#include <memory>

#include "core/mesh.hpp"
#include "test/simulation/cluster_messages.hpp"
#include "test/simulation/network.hpp"

namespace greenroom::simulation {

/// Carries out what `core::mesh` decides for one process: dials, opens and closes links (discovery/mesh.cpp).
class mesh_host final : public link_user, public std::enable_shared_from_this<mesh_host> {
 public:
  /// Where to find who is dialled: the mesh of the process that lives under a name now; null where none does.
  using phone_book = std::function<std::shared_ptr<mesh_host>(const core::node_name& name)>;

  mesh_host(process& home, handle<node_shell> node, core::node_name discovery, phone_book book);

  void start();
  void view_changed(const core::cluster_view& view);
  void link_down(link_end& end) override;

 private:
  void carry_out(core::mesh_effects out);
  void dial(const core::mesh_dial& to);
  void answer_dial(std::uint64_t which, const std::shared_ptr<mesh_host>& there);
  void link_up(link_end& end, const core::node_name& peer, core::incarnation_id life, bool dialled);
  void open(link_no number);
  void wake_later();

  process& home_;
  handle<node_shell> node_;
  core::node_name discovery_;
  phone_book book_;
  core::mesh machine_;
  struct held {
    link_end* end = nullptr;
    bool dialled = false;
  };
  std::map<link_no, held> links_;
  std::uint64_t wakings_ = 0;
};

}  // namespace greenroom::simulation
