#pragma once
#include <functional>
#include <memory>
#include <string>
#include <variant>

#include "core/messages/accounts.hpp"
#include "core/messages/cluster.hpp"
#include "core/messages/direct.hpp"
#include "core/messages/room.hpp"
#include "test/simulation/address.hpp"
#include "test/simulation/process.hpp"

/// What nodes tell one another, and their own actors, as in actors/interfaces.hpp.
namespace greenroom::simulation {

class accounts_shell;
class catalog_shell;
class directory_shell;
class door_shell;
class node_shell;
class user_shell;

/// A node introduces itself over a link; a null handle: it hasn't got that role.
struct node_card {
  core::node_name name;
  core::incarnation_id incarnation;
  handle<node_shell> node;
  handle<accounts_shell> accounts;
  handle<catalog_shell> catalog;
  handle<directory_shell> directory;
  bool answer = false;

  void import(process& here) {
    node = here.import(node);
    accounts = here.import(accounts);
    catalog = here.import(catalog);
    directory = here.import(directory);
  }
  [[nodiscard]] std::string text() const { return "card of " + name.value; }
};
/// This node dialled, and a link is up.
struct link_up {
  core::node_name name;
  handle<node_shell> node;
};
/// A node registers with the directory.
struct registration {
  core::node_record record;
  handle<node_shell> node;

  void import(process& here) { node = here.import(node); }
  [[nodiscard]] std::string text() const { return describe(record); }
};
/// To the rooms and doors of every node, this one included.
struct announce {
  std::variant<core::room_gone, core::session_ended, core::roster_changed> what;
};
/// Passed on to a catalog: this node's own, else another one's.
template <class What>
struct ask_catalog {
  What what;
  [[nodiscard]] std::string text() const { return "ask a catalog: " + describe(what); }
};
struct find_accounts {};
struct accounts_found {
  handle<accounts_shell> accounts;
};
struct claim_ticket_at {
  core::node_name minter;
  core::claim_ticket what;
};
struct pull_now {};
/// The homes of users may be elsewhere now (actors/local.hpp).
struct homes_changed {
  std::shared_ptr<const core::cluster_view> before, now;
  core::node_name linked;
};
/// A home has no session any more.
struct home_idle {
  core::user_id user;
  handle<user_shell> home;
};
/// The node drains: answered when its rooms are handed over.
struct drain_rooms {};
struct drained {};
/// An operator wants a room to live here.
struct pin_room {
  core::move_room what;
};

}  // namespace greenroom::simulation
