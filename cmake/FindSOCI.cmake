# SOCI as Debian ships it (no CMake configuration): SOCI::core, SOCI::postgresql, SOCI::sqlite3, SOCI_VERSION.

include(FindPackageHandleStandardArgs)

find_path(SOCI_INCLUDE_DIR soci/version.h)
if(SOCI_INCLUDE_DIR)
  file(STRINGS "${SOCI_INCLUDE_DIR}/soci/version.h" version_line REGEX "^#define SOCI_LIB_VERSION \"[0-9_]+\"")
  string(REGEX MATCH "[0-9]+_[0-9]+(_[0-9]+)?" SOCI_VERSION "${version_line}")
  string(REPLACE "_" "." SOCI_VERSION "${SOCI_VERSION}")
endif()

set(required_libraries)
foreach(component IN LISTS SOCI_FIND_COMPONENTS)
  find_library(SOCI_${component}_LIBRARY soci_${component})
  list(APPEND required_libraries SOCI_${component}_LIBRARY)
  if(SOCI_${component}_LIBRARY AND NOT TARGET SOCI::${component})
    add_library(SOCI::${component} UNKNOWN IMPORTED)
    set_target_properties(SOCI::${component} PROPERTIES IMPORTED_LOCATION "${SOCI_${component}_LIBRARY}"
                                                        INTERFACE_INCLUDE_DIRECTORIES "${SOCI_INCLUDE_DIR}")
    if(NOT component STREQUAL "core")
      set_target_properties(SOCI::${component} PROPERTIES INTERFACE_LINK_LIBRARIES SOCI::core)
    endif()
  endif()
endforeach()

find_package_handle_standard_args(SOCI REQUIRED_VARS SOCI_INCLUDE_DIR ${required_libraries} VERSION_VAR SOCI_VERSION)
