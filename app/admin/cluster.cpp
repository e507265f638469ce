#include "app/admin/cluster.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/after.hpp>
#include <caf/scoped_actor.hpp>

#include <algorithm>
#include <chrono>
#include <future>
#include <memory>
#include <mutex>
#include <ostream>
#include <utility>
#include <vector>

#include "actors/errors.hpp"
#include "actors/interfaces.hpp"
#include "actors/secrets.hpp"
#include "actors/system.hpp"
#include "app/cluster.hpp"
#include "core/names.hpp"
#include "discovery/scribe.hpp"
#include "net/link.hpp"
#include "telemetry/log.hpp"

namespace greenroom::app::admin {
namespace {

using namespace std::chrono_literals;
using action = cluster_request::action;

constexpr auto patience = 5s;

core::error complaint(core::ec code, std::string text) { return {code, std::move(text), 0}; }

// A value that another thread brings, once.
template <class T>
class delivery {
 public:
  void put(core::result<T> value) {
    const std::lock_guard guard(lock_);
    if (!std::exchange(done_, true)) promise_.set_value(std::move(value));
  }
  core::result<T> wait(const std::string& for_what) {
    auto future = promise_.get_future();
    if (future.wait_for(patience) == std::future_status::ready) return future.get();
    put(complaint(core::ec::unavailable, {}));
    return complaint(core::ec::unavailable, for_what + " didn't come within 5 s.");
  }

 private:
  std::mutex lock_;
  bool done_ = false;
  std::promise<core::result<T>> promise_;
};

struct fresh_link {
  net::link_ptr link;
  net::link_channel_ptr channel;
};

class dialler final : public net::link_owner {
 public:
  void link_up(net::link_ptr link, net::link_channel_ptr channel) override {
    made.put(fresh_link{std::move(link), std::move(channel)});
  }
  void link_down(const net::link_ptr&) override {}
  void dial_failed(std::uint64_t, const core::error& why) override { made.put(why); }

  delivery<fresh_link> made;
};

// A system of actors with one link, to discovery.
class remote_directory {
 public:
  explicit remote_directory(const config& settings) : settings_(settings) {
    discovery::load_scribe(config_);
    system_ = std::make_unique<caf::actor_system>(config_);
    scribe_ = std::make_unique<discovery::scribe>(*system_, [] {});
    self_ = std::make_unique<caf::scoped_actor>(*system_);
    pool_.start();
  }
  ~remote_directory() {
    if (links_) links_->stop();
    directory_ = nullptr;
    self_.reset();
    scribe_.reset();
    pool_.stop();
  }
  remote_directory(const remote_directory&) = delete;
  remote_directory& operator=(const remote_directory&) = delete;

  core::status connect();

  template <class Reply, class Request>
  core::result<Reply> ask(const Request& request) {
    core::result<Reply> out{core::ec::internal};
    const auto failed = [&](const caf::error& why) { out = actors::from_caf(why); };
    auto asked = (*self_)->request(directory_, patience, request);
    if constexpr (std::is_same_v<Reply, core::done>)
      asked.receive([&] { out = core::done{}; }, failed);
    else
      asked.receive([&](Reply& reply) { out = std::move(reply); }, failed);
    if (out.code() == core::ec::request_timeout)
      return complaint(core::ec::unavailable, "Discovery didn't answer within 5 s.");
    return out;
  }

 private:
  core::result<actors::node_actor> link();
  [[nodiscard]] core::node_record guest() const;

  const config& settings_;
  const core::node_record me_ = guest();
  net::io_pool pool_{1};
  actors::system_config config_{1};
  std::unique_ptr<caf::actor_system> system_;
  std::unique_ptr<discovery::scribe> scribe_;
  std::unique_ptr<caf::scoped_actor> self_;
  std::shared_ptr<dialler> dialler_ = std::make_shared<dialler>();
  std::unique_ptr<net::links> links_;
  actors::directory_actor directory_;
};

// No node has a name with a slash: this is beside the node whose name and certificate it may use.
core::node_record remote_directory::guest() const {
  core::node_record me;
  me.name = {settings_.node.substr(0, 48) + "/" + actors::random_id().substr(0, 12)};
  me.incarnation = {actors::random_number()};
  return me;
}

core::result<actors::node_actor> remote_directory::link() {
  const auto secret = cluster_secret(settings_);
  if (!secret) return secret.why();
  const auto options = mesh_options(settings_, *secret, me_);
  auto made = net::links::make(pool_, options.self, options.credentials, options.links, dialler_, {});
  if (!made) return made.why();
  links_ = std::move(*made);
  links_->dial(1, options.discovery_host, options.discovery_port, {});
  auto up = dialler_->made.wait("A link with discovery at " + settings_.discovery.text());
  if (!up) return up.why();
  const auto found = std::make_shared<delivery<actors::node_actor>>();
  scribe_->connect(std::move(up->channel),
                   [found](core::result<actors::node_actor> node) { found->put(std::move(node)); });
  return found->wait("What discovery publishes");
}

core::status remote_directory::connect() {
  const auto node = link();
  if (!node) return node.why();
  auto& self = *self_;
  actors::node_card card;
  card.name = me_.name;
  card.incarnation = me_.incarnation;
  card.node = caf::actor_cast<actors::node_actor>(caf::actor{self});
  card.answer = true;
  self->send(*node, card);
  bool late = false;
  for (const auto end = std::chrono::steady_clock::now() + patience; !directory_ && !late;)
    self->receive([&](actors::node_card& answer) { directory_ = std::move(answer.directory); },
                  caf::after(std::max(end - std::chrono::steady_clock::now(), std::chrono::nanoseconds{0})) >>
                      [&] { late = true; });
  if (directory_) return core::done{};
  return complaint(core::ec::unavailable, "At " + settings_.discovery.text() + " is no node with the discovery role.");
}

std::string columns(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows)
    for (std::size_t at = 0; at < row.size(); ++at) {
      widths.resize(std::max(widths.size(), row.size()));
      widths[at] = std::max(widths[at], row[at].size());
    }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      out += row[at];
      if (at + 1 < row.size()) out.append(widths[at] + 2 - row[at].size(), ' ');
    }
    out += '\n';
  }
  return out;
}

core::status list_rooms(remote_directory& from, const std::string& only, std::ostream& output) {
  const auto view = from.ask<core::cluster_view>(core::read_view{});
  if (!view) return view.why();
  std::vector<std::vector<std::string>> rows{{"ROOM", "NODE", "EPOCH"}};
  bool known = only.empty();
  for (const auto& node : view->nodes) {
    if (!only.empty() && node.name.value != only) continue;
    known = true;
    const bool chats =
        std::any_of(node.http.begin(), node.http.end(), [](const auto& at) { return at.role == "chat"; });
    if (!chats) continue;
    core::list_live_rooms page{node.name};
    for (bool more = true; more;) {
      const auto live = from.ask<core::live_rooms>(page);
      if (!live) return live.why();
      for (const auto& room : live->rooms)
        rows.push_back({room.room.value, node.name.value, std::to_string(room.epoch.value)});
      more = live->more && !live->rooms.empty();
      if (more) page.after = live->rooms.back().room;
    }
  }
  if (!known) return complaint(core::ec::not_found, "There is no node " + only + " in the cluster.");
  std::sort(rows.begin() + 1, rows.end());
  output << columns(rows);
  return core::done{};
}

core::status carry_out(remote_directory& at, const cluster_request& request, std::ostream& output) {
  switch (request.what) {
    case action::nodes: {
      const auto view = at.ask<core::cluster_view>(core::read_view{});
      if (!view) return view.why();
      output << nodes_text(*view);
      return core::done{};
    }
    case action::rooms:
      return list_rooms(at, request.node, output);
    case action::drain: {
      auto told = at.ask<core::done>(core::drain_node{{request.node}});
      if (told) output << request.node << " drains, and ends.\n";
      return told;
    }
    case action::move: {
      auto told = at.ask<core::done>(core::move_room{{request.room}, {request.node}});
      if (told) output << request.room << " lives on " << request.node << " from now on.\n";
      return told;
    }
  }
  return core::done{};
}

core::status run(const config& settings, const cluster_request& request, std::ostream& output) {
  if (request.what == action::move && !core::check_room_name(request.room))
    return complaint(core::ec::bad_name, request.room + " is no room's name.");
  remote_directory directory(settings);
  if (auto linked = directory.connect(); !linked) return linked;
  return carry_out(directory, request, output);
}

}  // namespace

std::string nodes_text(const core::cluster_view& view) {
  std::vector<std::vector<std::string>> rows{
      {"NODE", "ROLES", "STATE", "CONNECTIONS", "ROOMS", "PINNED", "LINK", "VERSION"}};
  for (const auto& node : view.nodes) {
    std::string roles;
    for (const auto& at : node.http) roles += (roles.empty() ? "" : ",") + at.role;
    rows.push_back({node.name.value, roles, node.draining ? "draining" : "alive", std::to_string(node.load.connections),
                    std::to_string(node.load.rooms), std::to_string(node.pins.size()),
                    endpoint{node.link.host, node.link.port}.text(), node.version});
  }
  return columns(rows);
}

void add_cluster(CLI::App& admin, cluster_request& request, const std::function<void(CLI::App&)>& each,
                 const std::function<void()>& chosen) {
  const auto add = [&, chosen](const char* name, const char* meaning, action what) -> CLI::App& {
    auto* command = admin.add_subcommand(name, meaning);
    each(*command);
    command->footer(
        "Links with discovery (--discovery, default 127.0.0.1:7000) with the cluster's secret (--cluster-secret-file, "
        "or --data-dir of a server on this machine) or a certificate (--link-cert, --link-key, --link-ca). Each option "
        "is also a variable (GREENROOM_DISCOVERY for "
        "--discovery) and a key of the file (discovery).");
    command->callback([&request, chosen, what] {
      request.what = what;
      chosen();
    });
    return *command;
  };
  add("nodes", "Prints the nodes of the cluster, with their load.", action::nodes);
  add("rooms", "Prints the rooms that are live, and where.", action::rooms)
      .add_option("of", request.node, "Only those of this node.")
      ->type_name("NODE");
  add("drain", "Has a node hand its rooms over, tell its clients, and end.", action::drain)
      .add_option("which", request.node, "The node's name.")
      ->type_name("NODE")
      ->required();
  auto& move = add("move", "Has a room live on a chat node, until that node ends.", action::move);
  move.add_option("room", request.room, "The room's name.")->type_name("ROOM")->required();
  move.add_option("to", request.node, "The node's name.")->type_name("NODE")->required();
}

int run_cluster(const config& settings, const cluster_request& request, std::ostream& output,
                std::ostream& complaints) {
  // What is wrong is said in words; the link's ups and downs are no news here.
  telemetry::log::configure({.threshold = telemetry::log::level::error,
                             .shape = settings.log_format,
                             .node = settings.node,
                             .stream = nullptr});
  const auto done = run(settings, request, output);
  if (done) return 0;
  complaints << "greenroom: " << done.why().text() << '\n';
  return 1;
}

}  // namespace greenroom::app::admin
