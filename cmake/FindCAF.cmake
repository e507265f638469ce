# The C++ Actor Framework as Debian ships it (no CMake configuration): CAF::core, CAF::io, CAF::openssl, CAF_VERSION.

include(FindPackageHandleStandardArgs)

find_path(CAF_INCLUDE_DIR caf/config.hpp)
if(CAF_INCLUDE_DIR)
  file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" version_line REGEX "^#define CAF_VERSION [0-9]+")
  string(REGEX REPLACE "[^0-9]" "" version_number "${version_line}")
  math(EXPR major "${version_number} / 10000")
  math(EXPR minor "(${version_number} / 100) % 100")
  math(EXPR patch "${version_number} % 100")
  set(CAF_VERSION "${major}.${minor}.${patch}")
endif()

set(required_libraries)
foreach(component IN LISTS CAF_FIND_COMPONENTS)
  find_library(CAF_${component}_LIBRARY caf_${component})
  list(APPEND required_libraries CAF_${component}_LIBRARY)
  if(CAF_${component}_LIBRARY AND NOT TARGET CAF::${component})
    add_library(CAF::${component} UNKNOWN IMPORTED)
    set_target_properties(CAF::${component} PROPERTIES IMPORTED_LOCATION "${CAF_${component}_LIBRARY}"
                                                       INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}")
    if(NOT component STREQUAL "core")
      set_target_properties(CAF::${component} PROPERTIES INTERFACE_LINK_LIBRARIES CAF::core)
    endif()
  endif()
endforeach()

find_package_handle_standard_args(CAF REQUIRED_VARS CAF_INCLUDE_DIR ${required_libraries} VERSION_VAR CAF_VERSION)
