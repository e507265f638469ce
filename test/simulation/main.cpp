#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "test/simulation/acts.hpp"
#include "test/simulation/options.hpp"
#include "test/simulation/scenario.hpp"

namespace {

using namespace greenroom::simulation;

std::uint64_t playing = 0;  // for whoever reads of a failed check
std::uint64_t playing_events = 0;

void say_how_to_replay() {
  std::printf("replay: greenroom-simulation --replay %llu --events %llu\n", static_cast<unsigned long long>(playing),
              static_cast<unsigned long long>(playing_events));
}

extern "C" void on_abort(int) {
  say_how_to_replay();
  std::fflush(stdout);
}

void say_acts(const checker::figures& seen) {
  std::printf("  stored:");
  for (std::size_t kind = 0; kind < seen.acts.size(); ++kind)
    if (seen.acts[kind] > 0)
      std::printf(" %s %llu", std::string(word_of(static_cast<greenroom::core::entry_kind>(kind))).c_str(),
                  static_cast<unsigned long long>(seen.acts[kind]));
  const auto say = [](const char* what, const std::map<greenroom::core::ec, std::uint64_t>& refused) {
    std::printf("\n  %s:", what);
    for (const auto& [why, times] : refused)
      std::printf(" %s %llu", std::string(greenroom::core::to_string(why)).c_str(),
                  static_cast<unsigned long long>(times));
  };
  say("refused", seen.refused);
  say("refused, though another attempt was stored", seen.refused_too_late);
  std::printf("\n");
}

// The same seed again, with its script.
int show(const options& want, std::uint64_t seed, std::size_t lines) {
  scenario again({seed, want.events, lines, {}});
  again.run();
  for (const auto& line : again.script()) std::printf("%s\n", line.c_str());
  for (const auto& what : again.violations()) std::printf("VIOLATED: %s\n", what.c_str());
  std::printf("seed %llu: %llu events, %zu violations\n", static_cast<unsigned long long>(seed),
              static_cast<unsigned long long>(again.events()), again.violations().size());
  if (!again.violations().empty()) say_how_to_replay();
  return again.violations().empty() ? 0 : 1;
}

int play_all(const options& want) {
  using clock = std::chrono::steady_clock;
  const auto begun = clock::now();
  auto told = begun;
  std::uint64_t events = 0, seeds = 0;
  checker::figures sum;
  const auto passed = [&] { return std::chrono::duration<double>(clock::now() - begun).count(); };
  const auto report = [&] {
    std::printf("%llu seeds, %llu events, %.0f events/s; stored %llu, heard %llu, gaps %llu, tokens ended %llu\n",
                static_cast<unsigned long long>(seeds), static_cast<unsigned long long>(events),
                static_cast<double>(events) / passed(), static_cast<unsigned long long>(sum.stored),
                static_cast<unsigned long long>(sum.heard), static_cast<unsigned long long>(sum.gaps),
                static_cast<unsigned long long>(sum.ended_tokens));
    say_acts(sum);
    std::printf("  marks moved %llu, rooms synced %llu, messages folded %llu, mentions looked for %llu\n",
                static_cast<unsigned long long>(sum.marks), static_cast<unsigned long long>(sum.synced),
                static_cast<unsigned long long>(sum.folded), static_cast<unsigned long long>(sum.mentions));
    std::fflush(stdout);
  };
  for (; seeds < want.seeds && (want.seconds == 0 || passed() < want.seconds); ++seeds) {
    playing = want.from + seeds;
    scenario one({playing, want.events, 0, {}});
    one.run();
    events += one.events();
    const auto& seen = one.seen();
    sum.stored += seen.stored;
    sum.heard += seen.heard;
    sum.gaps += seen.gaps;
    sum.ended_tokens += seen.ended_tokens;
    sum.marks += seen.marks;
    sum.synced += seen.synced;
    sum.folded += seen.folded;
    sum.mentions += seen.mentions;
    for (std::size_t kind = 0; kind < seen.acts.size(); ++kind) sum.acts[kind] += seen.acts[kind];
    for (const auto& [why, times] : seen.refused) sum.refused[why] += times;
    for (const auto& [why, times] : seen.refused_too_late) sum.refused_too_late[why] += times;
    if (!one.violations().empty()) {
      report();
      return show(want, playing, want.lines);
    }
    if (clock::now() - told > std::chrono::seconds{10}) {
      told = clock::now();
      report();
    }
  }
  report();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const auto want = read_options(argc, argv);
  if (!want) {
    std::fputs(usage, stderr);
    return 2;
  }
  std::signal(SIGABRT, on_abort);
  playing_events = want->events;
  if (!want->replay) return play_all(*want);
  playing = *want->replay;
  return show(*want, playing, SIZE_MAX);
}
