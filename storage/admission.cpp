#include "storage/admission.hpp"

#include <chrono>
#include <memory>

#include "core/permissions.hpp"

namespace greenroom::storage {

core::error admission(core::room_access access, core::room_role role, const core::sanction* ban) {
  core::error why{core::may_read(access, role, ban != nullptr), {}, 0};
  if (why.code == core::ec::banned) why.because = std::make_shared<const core::sanction>(*ban);
  return why;
}

core::wall_time clock_now() {
  return std::chrono::time_point_cast<core::milliseconds>(std::chrono::system_clock::now());
}

}  // namespace greenroom::storage
