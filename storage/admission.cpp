#include "storage/admission.hpp"

#include <chrono>
#include <memory>

namespace greenroom::storage {

core::error admission(core::room_access access, core::room_role role, const core::sanction* ban) {
  const bool outsider = role == core::room_role::outsider;
  if (access == core::room_access::secret && (outsider || ban != nullptr)) return {core::ec::not_found, {}, 0};
  if (ban != nullptr) return {core::ec::banned, {}, 0, std::make_shared<core::sanction>(*ban)};
  return {outsider && access == core::room_access::invited ? core::ec::forbidden : core::ec::none, {}, 0};
}

core::wall_time clock_now() {
  return std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace greenroom::storage
