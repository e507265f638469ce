#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.hpp"
#include "core/time.hpp"

namespace greenroom::protocol::irc {

/// Somebody who was here, for WHOWAS.
struct past_person {
  core::user_id user;
  std::string ident{};  ///< without its `~`; empty: none
  std::string realname{};
  core::wall_time left{};
};

/// The other clients of IRC at the same edge, as one of them sees them. Thread safe.
class company {
 public:
  virtual ~company() = default;

  /// This client acts as an admin of the server from now on, or no more: LUSERS counts it.
  virtual void is_oper(bool on) = 0;
  /// This client wants to hear what admins say to all who want to.
  virtual void hears_wallops(bool on) = 0;
  /// To those.
  virtual void wallops(const std::string& frames) = 0;
  /// The last connections of that account that ended here, the newest first.
  [[nodiscard]] virtual std::vector<past_person> past_of(const core::user_id& user) const = 0;
};

}  // namespace greenroom::protocol::irc
