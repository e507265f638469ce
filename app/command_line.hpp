#pragma once

namespace greenroom::app {

/// Does what the command line says, and returns the program's exit status: 0; 1 where it failed; 2 where the command
/// line, or a setting, is wrong. Says what is wrong on standard error.
int run(int argc, const char* const* argv);

}  // namespace greenroom::app
