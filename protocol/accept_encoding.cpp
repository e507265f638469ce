#include "protocol/accept_encoding.hpp"

#include <optional>

#include "core/text.hpp"
#include "protocol/list_field.hpp"

namespace greenroom::protocol {
namespace {

constexpr unsigned full_weight = 1000;

// A weight in thousandths (RFC 9110 section 12.4.2): `0` or `1`, and at most three digits behind a point.
std::optional<unsigned> weight_from(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  unsigned weight = text[0] == '1' ? full_weight : 0;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  unsigned unit = full_weight / 10;
  for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
    if (!core::is_digit(c)) return std::nullopt;
    weight += static_cast<unsigned>(c - '0') * unit;
    unit /= 10;
  }
  return weight > full_weight ? std::nullopt : std::optional{weight};
}

// `gzip;q=0.5`: the coding, and its weight; no weight where that is none.
struct weighted {
  std::string_view coding;
  std::optional<unsigned> weight = full_weight;
};

weighted read_member(std::string_view member) noexcept {
  weighted out;
  bool first = true;
  for (const std::string_view part : list_members{member, ';'}) {
    if (first) {
      out.coding = part;
      first = false;
    } else if (const auto given = parameter(part); !given || !core::equal_folded(given->first, "q")) {
      out.weight = std::nullopt;
    } else if (out.weight) {
      out.weight = weight_from(given->second);
    }
  }
  return out;
}

// As far as the field says it.
struct wishes {
  std::optional<unsigned> identity, gzip, br, any;
};

wishes read_wishes(std::string_view accept) noexcept {
  wishes out;
  for (const std::string_view member : list_members{accept}) {
    const auto [coding, weight] = read_member(member);
    if (!weight) continue;
    const auto is = [name = coding](std::string_view one) { return core::equal_folded(one, name); };
    if (is("br")) out.br = weight;
    if (is("gzip") || is("x-gzip")) out.gzip = weight;
    if (is("identity")) out.identity = weight;
    if (is("*")) out.any = weight;
  }
  return out;
}

}  // namespace

std::string_view to_string(content_coding coding) noexcept {
  switch (coding) {
    case content_coding::gzip:
      return "gzip";
    case content_coding::br:
      return "br";
    default:
      return {};
  }
}

content_coding choose_coding(std::string_view accept, bool has_gzip, bool has_br) noexcept {
  const wishes wanted = read_wishes(accept);
  const unsigned gzip = has_gzip ? wanted.gzip.value_or(wanted.any.value_or(0)) : 0;
  const unsigned br = has_br ? wanted.br.value_or(wanted.any.value_or(0)) : 0;
  // Of identity nothing need be said: it is taken, but after whatever is named.
  const unsigned identity = wanted.identity.value_or(wanted.any.value_or(1));
  if (br > 0 && br >= gzip && br >= identity) return content_coding::br;
  if (gzip > 0 && gzip >= identity) return content_coding::gzip;
  return content_coding::identity;
}

}  // namespace greenroom::protocol
