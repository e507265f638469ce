#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <algorithm>
#include <future>
#include <string>
#include <vector>

#include "test/chat/fixture.hpp"

namespace greenroom::chat {
namespace {

using testing::HasSubstr;

using Chat = chat_fixture;

/// A websocket of somebody else's making.
class talker {
 public:
  talker(std::uint16_t port, const std::string& target, const std::string& subprotocol = {}) {
    socket_.next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
    if (!subprotocol.empty())
      socket_.set_option(
          boost::beast::websocket::stream_base::decorator([&](boost::beast::websocket::request_type& ask) {
            ask.set(boost::beast::http::field::sec_websocket_protocol, subprotocol);
          }));
    socket_.handshake("127.0.0.1", target);
  }
  void say(std::string_view frame) { socket_.write(boost::asio::buffer(frame.data(), frame.size())); }
  std::string hear() {
    boost::beast::flat_buffer read;
    boost::system::error_code ended;
    socket_.read(read, ended);
    return ended ? "closed " + std::to_string(socket_.reason().code) : boost::beast::buffers_to_string(read.data());
  }
  std::string hear(std::string_view part) {
    for (;;)
      if (auto frame = hear(); frame.find(part) != frame.npos || frame.starts_with("closed")) return frame;
  }

 private:
  boost::asio::io_context context_;
  boost::beast::websocket::stream<boost::asio::ip::tcp::socket> socket_{context_};
};

/// The path and query of the `websocket` in an answer to POST /room.
std::string target_of(const net::http::response& answer) {
  const auto begin = answer.body.find("/room/", answer.body.find("ws://"));
  return answer.body.substr(begin, answer.body.find('"', begin) - begin);
}

const net::http::field_list upgrade{{"Connection", "Upgrade"},
                                    {"Upgrade", "websocket"},
                                    {"Sec-WebSocket-Version", "13"},
                                    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};

net::http::field_list upgrade_with(const std::string& name, const std::string& value) {
  net::http::field_list out;
  for (const auto& field : upgrade)
    if (field.first != name) out.add(field.first, field.second);
  return out.add(name, value);
}

TEST_F(Chat, GivesARoomsWebsocketForNameAndPassword) {
  const auto made = post("/room", R"({"username":"ann","password":"secret","room":"den"})");
  EXPECT_EQ(made.status, 201u);
  EXPECT_THAT(made.body, HasSubstr(R"("room":"den")"));
  EXPECT_EQ(post("/room", R"({"username":"ann","password":"wrong"})").status, 401u);
  EXPECT_EQ(post("/room", R"({"room":"den"})", "bob").status, 200u);
  EXPECT_EQ(post("/room", "{}").status, 401u);
  talker ann(chat->bound().port(), target_of(made));
  ann.say("SEND hello");
  EXPECT_EQ(ann.hear(), "FROM ann hello");
}

TEST_F(Chat, TakesATicketOnce) {
  const auto made = post("/room", "{}", "ann");
  talker first(chat->bound().port(), target_of(made));
  EXPECT_EQ(get(target_of(made), {}, upgrade).status, 401u);
}

TEST_F(Chat, AWrongTokenNeverRefusesAGoodOneThatComesAtTheSameMoment) {
  test::http_caller wrong(pool, chat->bound().port());
  std::vector<std::future<net::http::outcome>> refused, served;
  for (int i = 0; i < a_crowd; ++i) {
    refused.push_back(wrong.begin("GET", "/rooms", {}, "nobody"));
    served.push_back(call->begin("POST", "/ticket", {}, "user" + std::to_string(i)));
  }
  const auto count = [](auto& of, unsigned status) {
    return std::count_if(of.begin(), of.end(), [&](auto& each) {
      const auto out = each.get();
      return out.reply && out.reply->status == status;
    });
  };
  EXPECT_EQ(count(served, 200), a_crowd);
  EXPECT_EQ(count(refused, 401), a_crowd);
}

TEST_F(Chat, LeavesATicketWholeWhenTheUpgradeIsMalformed) {
  const auto target = target_of(post("/room", "{}", "ann"));
  EXPECT_EQ(get(target, {}, upgrade_with("Sec-WebSocket-Version", "8")).status, 426u);
  EXPECT_EQ(get(target, {}, upgrade_with("Sec-WebSocket-Key", "c2hvcnQ=")).status, 400u);
  EXPECT_EQ(get(target).status, 401u) << "without an upgrade it is a description, for a Bearer";
  talker still(chat->bound().port(), target);
  still.say("SEND hello");
  EXPECT_EQ(still.hear(), "FROM ann hello");
}

TEST_F(Chat, RefusesPagesOfOtherOriginsAndUnknownDialects) {
  EXPECT_EQ(get("/ws", "ann", upgrade_with("Origin", "https://evil.example")).status, 403u);
  EXPECT_EQ(get("/room/den", "ann", upgrade_with("Sec-WebSocket-Protocol", "soap")).status, 400u);
  EXPECT_EQ(get("/ws", "ann", upgrade).status, 400u);  // lines have no word for joining
  EXPECT_EQ(get("/room/den", {}, upgrade).status, 401u);
  EXPECT_EQ(get("/room/den", "nobody", upgrade).status, 401u);
  EXPECT_EQ(get("/room/no%20name", "ann", upgrade).status, 422u);
}

TEST_F(Chat, HidesPrivateRoomsFromEverybodyElse) {
  ASSERT_EQ(post("/room", R"({"room":"den","private":true,"members":["bob"]})", "ann").status, 201u);
  EXPECT_EQ(get("/room/den", "eve", upgrade).status, 404u);
  EXPECT_EQ(get("/room/den/messages", "eve").status, 404u);
  EXPECT_EQ(get("/room/den/members", "bob").status, 200u);
  EXPECT_THAT(get("/rooms", "bob").body, HasSubstr("den"));
  EXPECT_EQ(get("/rooms", "eve").body.find("den"), std::string::npos);
}

TEST_F(Chat, SpeaksJsonInManyRoomsOnOneWebsocket) {
  const auto ticket = post("/ticket", {}, "ann").body;
  const auto begin = ticket.find(":\"") + 2;
  talker ann(chat->bound().port(), "/ws?ticket=" + ticket.substr(begin, ticket.find('"', begin) - begin),
             "greenroom.v1.json");
  for (const auto* room : {"one", "two"}) {
    ann.say(R"({"type":"join","room":")" + std::string(room) + "\"}");
    EXPECT_THAT(ann.hear("joined"), HasSubstr(room));
    ann.say(R"({"type":"send","room":")" + std::string(room) + R"(","id":"1","text":"hello"})");
    EXPECT_THAT(ann.hear("message"), HasSubstr(R"("seq":1)"));
  }
  EXPECT_THAT(get("/room/two/messages", "ann").body, HasSubstr(R"("text":"hello")"));
}

TEST_F(Chat, TellsItsSocketsAndItsProbeWhenItDrains) {
  talker ann(chat->bound().port(), target_of(post("/room", "{}", "ann")));
  ann.say("SEND hello");
  EXPECT_EQ(ann.hear(), "FROM ann hello");
  EXPECT_EQ(get("/readyz").status, 200u);
  chat->drain();
  clients->drain();
  EXPECT_EQ(ann.hear(), "closed 1012");
}

TEST_F(Chat, LetsOnlyPeopleWhoExistBecomeMembers) {
  EXPECT_EQ(post("/room", R"({"room":"den","private":true,"members":["bob","nobody"]})", "ann").status, 404u);
  EXPECT_EQ(get("/room/den/messages", "ann").status, 404u) << "no room was made";
  ASSERT_EQ(post("/room", R"({"room":"den","private":true})", "ann").status, 201u);
  const auto refused = put("/room/den/members/nobody", {}, "ann");
  EXPECT_EQ(refused.status, 404u);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"no_user")"));
  EXPECT_THAT(refused.body, HasSubstr("There is no user nobody."));
  const auto added = put("/room/den/members/BOB", {}, "ann");
  EXPECT_EQ(added.status, 200u);
  EXPECT_THAT(added.body, HasSubstr(R"("kind":"add")"));
  EXPECT_THAT(get("/room/den/members", "ann").body, HasSubstr(R"(["ann","bob"])")) << "as first written";
}

TEST_F(Chat, MakesNobodyAMemberWhileNoUsersNodeAnswers) {
  ASSERT_EQ(post("/room", R"({"room":"den","private":true})", "ann").status, 201u);
  caf::anon_send(node, actors::host_accounts{});
  const auto refused = put("/room/den/members/bob", {}, "ann");
  EXPECT_EQ(refused.status, 503u);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"unavailable")"));
  EXPECT_THAT(get("/room/den/members", "ann").body, HasSubstr(R"(["ann"])"));
}

}  // namespace
}  // namespace greenroom::chat
