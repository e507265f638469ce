# Third parties, all from Debian packages, all as imported targets (so that their headers are system headers).

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(CAF 0.17.6 EXACT REQUIRED COMPONENTS core io)
find_package(SOCI 4.0 REQUIRED COMPONENTS core postgresql sqlite3)
find_package(nlohmann_json 3.11 REQUIRED)
find_package(spdlog 1.10 REQUIRED)
find_package(CLI11 2.1 REQUIRED)
find_package(GTest 1.12 REQUIRED)
find_package(benchmark QUIET)
pkg_check_modules(sodium REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)

# Used as headers only, by one file: their own target would want the shared library at run time.
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)

# prometheus-cpp's own configuration also wants civetweb, zlib and curl, for parts that are not used here.
find_library(PROMETHEUS_CORE_LIBRARY prometheus-cpp-core REQUIRED)
find_path(PROMETHEUS_INCLUDE_DIR prometheus/registry.h REQUIRED)
add_library(prometheus::core UNKNOWN IMPORTED)
set_target_properties(prometheus::core PROPERTIES IMPORTED_LOCATION ${PROMETHEUS_CORE_LIBRARY}
                                                  INTERFACE_INCLUDE_DIRECTORIES ${PROMETHEUS_INCLUDE_DIR})

# Asio, Beast and URL are compiled once, here, instead of in every file that includes them.
add_library(greenroom_boost STATIC ${CMAKE_SOURCE_DIR}/cmake/boost.cpp)
target_link_libraries(greenroom_boost PUBLIC Boost::headers OpenSSL::SSL OpenSSL::Crypto Threads::Threads)
greenroom_precompiled(greenroom_precompiled precompiled.hpp greenroom_boost CAF::core)
