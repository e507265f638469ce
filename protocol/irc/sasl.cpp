#include "protocol/irc/sasl.hpp"

#include <utility>

#include "core/base64.hpp"
#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

bool offers(std::string_view mechanisms, std::string_view one) {
  while (!mechanisms.empty())
    if (core::equal_folded(core::take_until(mechanisms, ','), one)) return true;
  return false;
}

}  // namespace

sasl::outcome sasl::end(numeric refused) {
  abort();
  outcome out;
  out.refused = refused;
  return out;
}

bool sasl::abort() {
  response_ = std::string{};
  scram_ = {};
  whom_ = {};
  return std::exchange(step_, step::idle) != step::idle;
}

sasl::outcome sasl::begin(std::string_view mechanism, std::string_view mechanisms) {
  if (!offers(mechanisms, mechanism)) {
    auto out = end(numeric::err_saslfail);
    out.list_mechanisms = true;
    return out;
  }
  step_ = core::equal_folded(mechanism, "PLAIN") ? step::plain : step::scram_first;
  outcome out;
  out.go_on = true;
  return out;
}

sasl::outcome sasl::finish() {
  const auto message = core::from_base64(std::exchange(response_, {}));
  return message ? finish(*message) : end(numeric::err_saslfail);
}

sasl::outcome sasl::finish(const std::string& message) {
  outcome out;
  switch (step_) {
    case step::idle:
      break;
    case step::plain:
      out.whom = credentials_from_plain(message);
      if (out.whom) abort();
      break;
    case step::scram_first:
      if (auto whom = scram_.begin(message)) {
        whom_ = *std::move(whom);
        out.find = core::user_id{whom_.user};
      }
      break;
    case step::scram_last:
      out.proof = scram_.prove(message);
      if (out.proof) out.whom = whom_;
      break;
    case step::scram_end:
      out.accepted = message.empty();
      if (out.accepted) abort();
      break;
  }
  return out.whom || out.find || out.accepted ? std::move(out) : end(numeric::err_saslfail);
}

std::string sasl::found(const core::scram_found& what) {
  step_ = step::scram_last;
  return core::to_base64(scram_.challenge(what));
}

std::string sasl::proved(std::string_view signature) {
  step_ = step::scram_end;
  return core::to_base64(scram_verdict(signature));
}

sasl::outcome sasl::authenticate(std::string_view parameter, std::string_view mechanisms) {
  if (parameter == "*") return end(numeric::err_saslaborted);
  if (parameter.size() > chunk_bytes) return end(numeric::err_sasltoolong);
  if (!under_way()) return begin(parameter, mechanisms);
  if (parameter == "+") return finish();
  if (response_.size() + parameter.size() > max_response_bytes) return end(numeric::err_saslfail);
  response_.append(parameter);
  return parameter.size() < chunk_bytes ? finish() : outcome{};
}

}  // namespace greenroom::protocol::irc
