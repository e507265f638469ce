#include <sys/stat.h>

#include <csignal>
#include <cstdio>
#include <exception>

#include "app/command_line.hpp"

int main(int argc, char** argv) try {
  // The reader of the log has gone away: that is no reason to end.
  std::signal(SIGPIPE, SIG_IGN);
  // Databases, secrets, tokens, logs: all files of this program are its owner's alone.
  ::umask(S_IRWXG | S_IRWXO);
  return greenroom::app::run(argc, argv);
} catch (const std::exception& error) {
  std::fprintf(stderr, "greenroom: %s\n", error.what());
  return 1;
}
