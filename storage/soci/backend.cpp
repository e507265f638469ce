#include "storage/soci/backend.hpp"

#include "storage/random.hpp"

namespace greenroom::storage::soci {

std::string backend::translate(std::string_view sql) const {
  std::string out;
  for (;;) {
    const auto open = sql.find("{{");
    out += sql.substr(0, open);
    if (open == sql.npos) return out;
    const auto close = sql.find("}}", open);
    const auto inside = sql.substr(open + 2, close - open - 2);
    const auto colon = inside.find(':');
    if (inside == "random_id")
      out += "'" + random_id() + "'";
    else if (inside == "random_generation")
      out += std::to_string(random_generation());
    else
      out += word(inside.substr(0, colon), colon == inside.npos ? std::string_view{} : inside.substr(colon + 1));
    sql.remove_prefix(close + 2);
  }
}

std::vector<std::string> backend::names_in(std::string_view parameters) {
  std::vector<std::string> names;
  for (;;) {
    const auto comma = parameters.find(',');
    names.emplace_back(parameters.substr(0, comma));
    if (comma == parameters.npos) return names;
    parameters.remove_prefix(comma + 1);
  }
}

}  // namespace greenroom::storage::soci
