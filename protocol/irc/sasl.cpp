#include "protocol/irc/sasl.hpp"

#include <utility>

#include "core/text.hpp"
#include "protocol/irc/base64.hpp"

namespace greenroom::protocol::irc {

sasl::outcome sasl::end(numeric refused) {
  abort();
  outcome out;
  out.refused = refused;
  return out;
}

bool sasl::abort() {
  response_ = std::string{};
  return std::exchange(started_, false);
}

sasl::outcome sasl::finish() {
  const auto message = from_base64(std::exchange(response_, {}));
  auto whom = message ? credentials_from_plain(*message) : std::nullopt;
  if (!whom) return end(numeric::err_saslfail);
  abort();
  outcome out;
  out.whom = std::move(whom);
  return out;
}

sasl::outcome sasl::authenticate(std::string_view parameter) {
  outcome out;
  if (parameter == "*") return end(numeric::err_saslaborted);
  if (parameter.size() > chunk_bytes) return end(numeric::err_sasltoolong);
  if (!started_) {
    if (!core::equal_folded(parameter, mechanisms)) {
      out = end(numeric::err_saslfail);
      out.list_mechanisms = true;
      return out;
    }
    started_ = out.go_on = true;
    return out;
  }
  if (parameter == "+") return finish();
  if (response_.size() + parameter.size() > max_response_bytes) return end(numeric::err_saslfail);
  response_.append(parameter);
  return parameter.size() < chunk_bytes ? finish() : out;
}

}  // namespace greenroom::protocol::irc
