# How a folder becomes a library, a test, or a fuzz target. One place for warnings, sanitizers and hardening.

include(CheckCXXCompilerFlag)
include(GoogleTest)

find_program(GREENROOM_CCACHE ccache)
if(GREENROOM_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # Without the directory in the hash, and with paths relative to the checkout, build directories and checkouts share
  # their objects; precompiled headers need the sloppiness.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_NOHASHDIR=1 CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
      CCACHE_SLOPPINESS=pch_defines,time_macros ${GREENROOM_CCACHE})
endif()

# Sanitizers and hardening hold for every object of the build.
if(GREENROOM_SANITIZE)
  # CAF 0.17 binds a reference to null in a registration header, harmlessly: the null check is off.
  # GCC 12 takes what the sanitizers add for uses of uninitialized values: the builds without them keep that warning.
  add_compile_options(-fsanitize=${GREENROOM_SANITIZE} -fno-sanitize=null -fno-sanitize-recover=all
                      -fno-omit-frame-pointer $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  add_link_options(-fsanitize=${GREENROOM_SANITIZE})
  add_compile_definitions(GREENROOM_SANITIZED)  # for tests that measure
endif()
if(GREENROOM_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(GREENROOM_HARDENING)
  add_compile_options(-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
                      -fstack-clash-protection -ftrivial-auto-var-init=zero)
  # Where it was built is nobody's business. Each checkout has objects of its own for that.
  add_compile_options(-ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
  check_cxx_compiler_flag(-fcf-protection GREENROOM_HAS_CET)  # x86 only
  if(GREENROOM_HAS_CET)
    add_compile_options(-fcf-protection)
  endif()
  add_link_options(-pie -Wl,-z,relro,-z,now)
endif()

# What a precompiled header was compiled with must hold for all that use it.
add_compile_definitions(BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION)

# All tests below e2e; all fuzz targets.
add_custom_target(unit_tests)
add_custom_target(fuzz_targets)

# greenroom_warnings(TARGET): the warnings that our own code is free of.
function(greenroom_warnings target)
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
                                           $<$<BOOL:${GREENROOM_WERROR}>:-Werror>)
  if(GREENROOM_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "clang-tidy;--quiet")
  endif()
endfunction()

# greenroom_unity(TARGET): compiles its files together, where GREENROOM_UNITY asks for it.
function(greenroom_unity target)
  if(GREENROOM_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 24)
  endif()
endfunction()

# greenroom_precompiled(NAME HEADER target...): HEADER, compiled once for all targets that REUSE it FROM NAME. It sees the
# headers of the targets.
function(greenroom_precompiled name header)
  if(NOT EXISTS ${CMAKE_BINARY_DIR}/${name}.cpp)  # a newer one would compile everything anew
    file(TOUCH ${CMAKE_BINARY_DIR}/${name}.cpp)  # a target has a source
  endif()
  add_library(${name} OBJECT ${CMAKE_BINARY_DIR}/${name}.cpp)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE ${ARGN})
  greenroom_warnings(${name})  # these, too, must be the same
  target_precompile_headers(${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/${header})
endfunction()

# greenroom_library(NAME [USES folder...] [LINKS target...] [EXCLUDE part...] [PRECOMPILED])
# The target greenroom_NAME from every .cpp below the calling folder. USES are folders of ours, LINKS third parties.
# EXCLUDE: files and folders that are no part of it. PRECOMPILED: with cmake/precompiled.hpp. A folder without sources is
# a header-only library.
function(greenroom_library name)
  cmake_parse_arguments(arg "PRECOMPILED" "" "USES;LINKS;EXCLUDE" ${ARGN})
  set(target greenroom_${name})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(part IN LISTS arg_EXCLUDE)
    list(REMOVE_ITEM sources ${CMAKE_CURRENT_SOURCE_DIR}/${part})
    list(FILTER sources EXCLUDE REGEX "^${CMAKE_CURRENT_SOURCE_DIR}/${part}/")
  endforeach()
  list(TRANSFORM arg_USES PREPEND greenroom_)
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    greenroom_warnings(${target})
    greenroom_unity(${target})
    if(arg_PRECOMPILED)
      target_precompile_headers(${target} REUSE_FROM greenroom_precompiled)
    endif()
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${target} ${scope} ${CMAKE_SOURCE_DIR})
  target_link_libraries(${target} ${scope} ${arg_USES} ${arg_LINKS})
endfunction()

# greenroom_soon_compiled(TARGET): what is tested is compiled as it is shipped; the tests themselves needn't be fast.
function(greenroom_soon_compiled target)
  if(CMAKE_BUILD_TYPE STREQUAL "Release")
    target_compile_options(${target} PRIVATE -O0 -U_FORTIFY_SOURCE)
  endif()
endfunction()

# greenroom_together(OUT NAME SIZE source...): the sources with which test_NAME is compiled: where GREENROOM_UNITY asks for it,
# SIZE tests at a time.
function(greenroom_together out name size)
  set(tests ${ARGN})
  list(FILTER tests INCLUDE REGEX "_test[.]cpp$")
  set(others ${ARGN})
  list(FILTER others EXCLUDE REGEX "_test[.]cpp$")
  set(batches)
  while(GREENROOM_UNITY AND tests)
    list(LENGTH batches number)
    list(SUBLIST tests 0 ${size} some)
    list(REMOVE_ITEM tests ${some})
    set(batch ${CMAKE_CURRENT_BINARY_DIR}/together/${name}_${number}.cpp)
    add_custom_command(OUTPUT ${batch} COMMAND ${GREENROOM_PYTHON} ${CMAKE_SOURCE_DIR}/cmake/together.py ${batch} ${some}
                       DEPENDS ${some} ${CMAKE_SOURCE_DIR}/cmake/together.py VERBATIM)
    list(APPEND batches ${batch})
  endwhile()
  file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/together)
  set(${out} ${batches} ${tests} ${others} PARENT_SCOPE)
endfunction()

# greenroom_test(NAME [WHOLE] [DATA] [USES folder...] [LINKS target...]): the executable test_NAME from
# test/NAME/*_test.cpp and what stands beside them, linked with greenroom_NAME. Nothing where there is no test. WHOLE: one
# process runs all of it, because what it starts is expensive; with a sanitizer the process itself is. DATA: its sources
# read test/data, and so their objects belong to this checkout alone. TOGETHER: how many of its files compile as one.
function(greenroom_test name)
  cmake_parse_arguments(arg "WHOLE;DATA" "TOGETHER" "USES;LINKS" ${ARGN})
  file(GLOB_RECURSE tests CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/${name}/*_test.cpp)
  if(NOT tests)
    return()
  endif()
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/${name}/*.cpp)
  if(NOT arg_TOGETHER)
    set(arg_TOGETHER 8)
  endif()
  greenroom_together(sources ${name} ${arg_TOGETHER} ${sources})
  add_executable(test_${name} ${sources})
  greenroom_warnings(test_${name})
  greenroom_soon_compiled(test_${name})
  target_precompile_headers(test_${name} REUSE_FROM greenroom_precompiled_tests)
  target_link_libraries(test_${name} PRIVATE greenroom_boost)  # which that header may need, unoptimized
  list(TRANSFORM arg_USES PREPEND greenroom_)
  target_include_directories(test_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  if(arg_DATA)
    target_compile_definitions(test_${name} PRIVATE GREENROOM_TEST_DATA="${CMAKE_SOURCE_DIR}/test/data")
  endif()
  target_link_libraries(test_${name} PRIVATE greenroom_${name} ${arg_USES} ${arg_LINKS} GTest::gmock GTest::gtest_main)
  add_dependencies(unit_tests test_${name})
  if(arg_WHOLE OR GREENROOM_SANITIZE)
    add_test(NAME ${name} COMMAND test_${name} --gtest_brief=1)
    set_tests_properties(${name} PROPERTIES TIMEOUT 600 LABELS unit)
    if(arg_WHOLE)
      set_tests_properties(${name} PROPERTIES COST 600)  # begins first, or it would be left alone at the end
    endif()
    return()
  endif()
  gtest_discover_tests(test_${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60 TEST_PREFIX ${name}.
                       PROPERTIES TIMEOUT 60 LABELS unit)
endfunction()

# greenroom_fuzz(NAME): fuzz_NAME from test/fuzz/NAME_fuzz.cpp. With GREENROOM_FUZZ a libFuzzer program, otherwise a
# program that replays test/fuzz/corpus/NAME once, as a test.
function(greenroom_fuzz name)
  add_executable(fuzz_${name} ${CMAKE_SOURCE_DIR}/test/fuzz/${name}_fuzz.cpp)
  greenroom_warnings(fuzz_${name})
  target_include_directories(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(fuzz_${name} PRIVATE greenroom_core greenroom_protocol greenroom_irc greenroom_net)
  add_dependencies(fuzz_targets fuzz_${name})
  if(GREENROOM_FUZZ)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/fuzz_replay.cpp)
    add_dependencies(unit_tests fuzz_${name})
    add_test(NAME fuzz.${name} COMMAND fuzz_${name} ${CMAKE_SOURCE_DIR}/test/fuzz/corpus/${name})
    set_tests_properties(fuzz.${name} PROPERTIES TIMEOUT 60 LABELS unit)
  endif()
endfunction()
