#include <array>
#include <vector>

#include "bench/protocols/protocol.hpp"

namespace greenroom::bench {
namespace {

bool has(std::string_view bytes, std::string_view what) { return bytes.find(what) != std::string_view::npos; }

/// XMPP with rooms as in XEP-0045, at localhost and conference.localhost. Signs in anonymously, then binds and joins.
class xmpp final : public protocol {
 public:
  xmpp(const options& wanted, const names& called) : wanted_(wanted), called_(called), steps_(wanted.sockets()) {}

  void open(std::uint32_t connection, std::string& out) override {
    steps_[connection] = 0;
    out += stream_head;
  }

  void say(std::uint32_t connection, std::string_view text, std::uint32_t, std::string& out) override {
    out.append("<message to='").append(room(connection)).append("' type='groupchat'><body>").append(text);
    out.append("</body></message>");
  }

  std::size_t read(std::uint32_t connection, std::string_view bytes, std::string& out, events& found) override {
    if (steps_[connection] == entered) return messages(connection, bytes, found);
    if (has(bytes, "<stream:error") || has(bytes, "<failure") || has(bytes, "type='error'")) {
      found.lost(connection, bytes.substr(0, 300));
      return bytes.size();
    }
    // The end of each answer: features, success, features again, the bound name, one's own presence (status 110).
    static constexpr std::array<std::string_view, 4> ends{"</stream:features>", "<success", "</stream:features>",
                                                          "</iq>"};
    auto& step = steps_[connection];
    if (step < ends.size() ? !has(bytes, ends[step]) : !has(bytes, "code='110'") && !has(bytes, "code=\"110\""))
      return step < ends.size() || bytes.size() < 32 ? 0 : bytes.size() - 32;
    if (step == 0) out += "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='ANONYMOUS'/>";
    if (step == 1) out += stream_head;
    if (step == 2) out += "<iq type='set' id='b'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/></iq>";
    if (step == 3) {
      out += "<presence to='" + room(connection) + "/" + called_.user(connection) +
             "'><x xmlns='http://jabber.org/protocol/muc'/></presence>";
    }
    if (++step == entered) found.joined(connection);
    return bytes.size();
  }

 private:
  static constexpr std::uint8_t entered = 5;
  static constexpr std::string_view stream_head =
      "<?xml version='1.0'?><stream:stream to='localhost' xmlns='jabber:client' "
      "xmlns:stream='http://etherx.jabber.org/streams' version='1.0'>";

  std::size_t messages(std::uint32_t connection, std::string_view bytes, events& found) const {
    constexpr std::string_view begin = "<body>", end = "</body>";
    std::size_t used = 0;
    for (auto at = bytes.find(begin); at != std::string_view::npos; at = bytes.find(begin, used)) {
      const auto text = at + begin.size(), close = bytes.find(end, text);
      if (close == std::string_view::npos) return at;
      found.delivered(connection, bytes.substr(text, close - text), {});
      used = close + end.size();
    }
    if (has(bytes.substr(used), "type='error'")) found.refused(connection, bytes.substr(used, 300));
    return bytes.size() - used < begin.size() ? used : bytes.size() - begin.size() + 1;
  }

  [[nodiscard]] std::string room(std::uint32_t connection) const {
    return called_.room(wanted_.room_of(connection)) + "@conference.localhost";
  }

  const options& wanted_;
  const names& called_;
  std::vector<std::uint8_t> steps_;  ///< how far each has come; `entered` at the end
};

}  // namespace

std::unique_ptr<protocol> make_xmpp(const options& wanted, const names& called) {
  return std::make_unique<xmpp>(wanted, called);
}

}  // namespace greenroom::bench
