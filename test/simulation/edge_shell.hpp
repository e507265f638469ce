#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "test/simulation/actor.hpp"
#include "test/simulation/catalog_shell.hpp"
#include "test/simulation/cluster_messages.hpp"
#include "test/simulation/connection_shell.hpp"
#include "test/simulation/door_shell.hpp"
#include "test/simulation/session_shell.hpp"
#include "test/simulation/socket.hpp"

namespace greenroom::simulation {

class edge_shell;

/// Somebody wants a websocket, with a ticket or a token; `then` is called there with the wire, or why there is none.
struct upgrade {
  std::variant<admit_token, redeem_ticket> shown;
  std::function<void(core::result<std::shared_ptr<wire>>)> then;
};
/// A request by HTTP.
struct api_call {
  std::function<void(edge_shell&)> run;
};
/// The process is to hand over what it has, and to end.
struct begin_drain {};

/// The edge that clients connect to: admits websockets and takes requests (chat/edge.cpp, and the routes of the roles).
class edge_shell final : public actor {
 public:
  struct deps {
    handle<node_shell> node;
    handle<door_shell> door;
    handle<catalog_shell> catalog;    ///< null without the chat role
    handle<accounts_shell> accounts;  ///< null without the users role
    handle<marks_shell> marks;
    simulation::hub* audience = nullptr;
    socket_limits socket;
    std::size_t wire_window = 4;
    core::connection_limits connection;
  };
  edge_shell(process& home, actor_no number, deps with) : actor(home, number), deps_(std::move(with)) {}
  [[nodiscard]] std::string name() const override { return "edge"; }

  void receive(upgrade& what);
  void receive(api_call& what) { what.run(*this); }
  void receive(begin_drain&);

  /// For requests: asks an actor of this process.
  template <class Reply, class To, class What>
  void ask(const handle<To>& to, What what, std::function<void(core::result<Reply>)> then) {
    if (!to) return then(core::error{core::ec::no_upstream, {}, 1});
    request<Reply>(to, seconds{6}, std::move(what), std::move(then));
  }
  [[nodiscard]] const deps& at() const noexcept { return deps_; }

 private:
  void down(const address& source) override { std::erase(open_, handle_cast<connection_shell>(source)); }
  void admit(upgrade what, core::result<admitted> answer);

  deps deps_;
  std::vector<handle<connection_shell>> open_;
  bool draining_ = false;
};

}  // namespace greenroom::simulation
