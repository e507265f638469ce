#pragma once
#include <filesystem>

namespace greenroom::app {

/// The folder of the web client's files for a program in the folder `beside`: `../share/greenroom/web` where it was
/// installed, `web` in a container's image, `../../web` in a folder of builds; the first that has an `index.html`.
/// None: `web`, where the process is.
[[nodiscard]] std::filesystem::path web_root_of(const std::filesystem::path& beside);

/// The same for this program.
[[nodiscard]] std::filesystem::path own_web_root();

/// The folder of the modules that the web client in `web` shares with programs, `clients/js/src` beside it: in the
/// sources, where it was installed, and in a container's image. Empty where there is none.
[[nodiscard]] std::filesystem::path client_root_of(const std::filesystem::path& web);

}  // namespace greenroom::app
