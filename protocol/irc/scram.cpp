#include "protocol/irc/scram.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/base64.hpp"
#include "core/text.hpp"

namespace greenroom::protocol::irc {
namespace {

constexpr std::size_t max_nonce_bytes = 128;  // what is said to it fits into one AUTHENTICATE

// The value of the attribute that must come next.
std::optional<std::string_view> attribute(std::string_view& rest, char name) {
  auto one = core::take_until(rest, ',');
  if (one.size() < 3 || one[0] != name || one[1] != '=') return std::nullopt;
  one.remove_prefix(2);
  return one;
}

// RFC 5802 section 5.1: printable, without commas.
bool is_nonce(std::string_view text) {
  return text.size() <= max_nonce_bytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

}  // namespace

std::optional<credentials> scram::begin(std::string_view message) {
  auto rest = message;
  const auto binding = core::take_until(rest, ',');
  const auto authzid = core::take_until(rest, ',');
  if (binding != "n" && binding != "y") return std::nullopt;
  header_ = message.substr(0, message.size() - rest.size());
  bare_ = rest;
  const auto name = attribute(rest, 'n');
  const auto nonce = attribute(rest, 'r');
  if (!name || !nonce || !is_nonce(*nonce)) return std::nullopt;
  auto whom = account_from(*name);
  if (!whom || (!authzid.empty() && authzid != "a=" + std::string(*name) && authzid != "a=" + whom->user))
    return std::nullopt;
  nonce_ = *nonce;
  return whom;
}

std::string scram::challenge(const core::scram_found& found) {
  nonce_ += found.nonce;
  return challenge_ = "r=" + nonce_ + ",s=" + found.salt + ",i=" + std::to_string(found.rounds);
}

std::optional<core::scram_proof> scram::prove(std::string_view message) const {
  const auto proof_at = message.rfind(",p=");
  if (proof_at == message.npos) return std::nullopt;
  auto rest = message.substr(0, proof_at);
  const auto without_proof = rest;
  const auto binding = attribute(rest, 'c');
  const auto nonce = attribute(rest, 'r');
  if (!binding || core::from_base64(*binding) != header_ || nonce != nonce_) return std::nullopt;
  auto proof = core::from_base64(message.substr(proof_at + 3));
  if (!proof || proof->empty()) return std::nullopt;
  return core::scram_proof{bare_ + "," + challenge_ + "," + std::string(without_proof), *std::move(proof)};
}

std::string scram_verdict(std::string_view signature) { return "v=" + core::to_base64(signature); }

}  // namespace greenroom::protocol::irc
