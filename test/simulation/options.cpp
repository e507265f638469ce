#include "test/simulation/options.hpp"

#include <string_view>

#include "core/text.hpp"

namespace greenroom::simulation {
namespace {

template <class Number>
bool read_number(std::string_view from, Number& into) {
  const auto read = core::number_from<Number>(from);
  if (read) into = *read;
  return read.has_value();
}

}  // namespace

std::optional<options> read_options(int argc, const char* const* argv) {
  options out;
  std::uint64_t whole_seconds = 0;
  for (int i = 1; i < argc; i += 2) {
    if (i + 1 == argc) return std::nullopt;
    const std::string_view name = argv[i];
    bool good = false;
    if (name == "--seeds") good = read_number(argv[i + 1], out.seeds);
    if (name == "--from") good = read_number(argv[i + 1], out.from);
    if (name == "--events") good = read_number(argv[i + 1], out.events);
    if (name == "--seconds") good = read_number(argv[i + 1], whole_seconds);
    if (name == "--lines") good = read_number(argv[i + 1], out.lines);
    if (name == "--replay") good = read_number(argv[i + 1], out.replay.emplace());
    if (!good) return std::nullopt;
  }
  out.seconds = static_cast<double>(whole_seconds);
  return out;
}

}  // namespace greenroom::simulation
