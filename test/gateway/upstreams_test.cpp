#include "gateway/upstreams.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "actors/system.hpp"
#include "net/peer_tls.hpp"
#include "net/tls.hpp"

namespace greenroom::gateway {
namespace {

core::node_record chat_node(const std::string& name, std::uint64_t incarnation = 1) {
  core::node_record out;
  out.name = {name};
  out.incarnation = {incarnation};
  out.http = {{"chat", "127.0.0.1", 1}};
  return out;
}

class Upstreams : public testing::Test {
 protected:
  void see(std::vector<core::node_record> nodes) {
    view_ = {{view_.version.value + 1}, std::move(nodes)};
    all_.view_changed(view_);
  }
  std::string goes(std::vector<core::node_name> tried = {}) {
    const auto at = all_.pick(upstream_role::chat, tried);
    return at ? at->life.name.value : "";
  }
  upstreams::instance life(const std::string& name, std::uint64_t incarnation = 1) {
    return {upstream_role::chat, {{name}, {incarnation}}, {"127.0.0.1", 1}};
  }
  void open_circuit(const std::string& name) {
    all_.failed(life(name));
    all_.failed(life(name));
  }

  net::io_pool pool_{1};
  core::cluster_view view_;
  upstreams all_{pool_, std::make_shared<actors::system_clock>()};
};

TEST_F(Upstreams, AskOtherMachinesUnderTlsAndThisOneInTheClear) {
  const auto peers = net::peer_tls::make({"a secret that nobody would guess", {}, {}, {}}, net::tls::secret_use::http);
  ASSERT_TRUE(peers.ok());
  upstreams careful{pool_, std::make_shared<actors::system_clock>(), {.peers = *peers}};
  std::vector<core::node_record> nodes;
  for (const auto* host : {"127.0.0.1", "::1", "::ffff:127.0.0.2", "localhost", "10.0.0.7", "fd00::7", "chat-7"}) {
    nodes.push_back(chat_node(host));
    nodes.back().http[0].host = host;
  }
  for (auto* each : {&careful, &all_}) each->view_changed({{1}, nodes});
  std::map<std::string, std::string> spoken_as;
  for (const auto& one : careful.list()) spoken_as[one.who.at.host] = one.who.at.node;
  EXPECT_EQ(spoken_as, (std::map<std::string, std::string>{{"127.0.0.1", ""},
                                                           {"::1", ""},
                                                           {"::ffff:127.0.0.2", ""},
                                                           {"localhost", ""},
                                                           {"10.0.0.7", "10.0.0.7"},
                                                           {"fd00::7", "fd00::7"},
                                                           {"chat-7", "chat-7"}}));
  for (const auto& one : all_.list()) EXPECT_EQ(one.who.at.node, "") << "without credentials";
}

TEST_F(Upstreams, GiveADrainingInstanceNothingNew) {
  see({chat_node("a"), chat_node("b")});
  auto leaving = chat_node("a");
  leaving.draining = true;
  see({leaving, chat_node("b")});
  for (int i = 0; i < 4; ++i) EXPECT_EQ(goes(), "b");
  EXPECT_EQ(all_.list().size(), 2u) << "but it is shown";
}

TEST_F(Upstreams, AskTheOneOpenLongestWhereAllCircuitsAreOpen) {
  see({chat_node("a"), chat_node("b")});
  open_circuit("b");
  open_circuit("a");
  EXPECT_EQ(goes(), "b");
  EXPECT_EQ(goes({{"a"}, {"b"}}), "");
}

TEST_F(Upstreams, IgnoreAViewThatIsOlder) {
  see({chat_node("a")});
  all_.view_changed({{0}, {chat_node("old")}});
  EXPECT_EQ(goes(), "a");
}

}  // namespace
}  // namespace greenroom::gateway
