#include "bench/protocols/protocol.hpp"

namespace greenroom::bench {

std::unique_ptr<protocol> make_protocol(const options& wanted, const names& called) {
  switch (wanted.protocol) {
    case protocol_kind::json:
      return make_json(wanted, called);
    case protocol_kind::acts:
      return make_acts(wanted, called);
    case protocol_kind::nats:
      return make_nats(wanted, called);
    case protocol_kind::irc:
      return make_irc(wanted, called);
    case protocol_kind::xmpp:
      return make_xmpp(wanted, called);
    case protocol_kind::lines:
      break;
  }
  return make_lines(wanted, called);
}

}  // namespace greenroom::bench
