#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "bench/micro/scale/scale.hpp"
#include "storage/open.hpp"

namespace greenroom::bench::scale {

void epochs(const std::string& url, std::size_t rooms) {
  auto stores = storage::open_chat(url, {});
  if (!stores) {
    std::fprintf(stderr, "%s\n", stores.why().text().c_str());
    std::exit(1);
  }
  std::vector<core::open_room> wanted;
  for (std::size_t i = 0; i < rooms; ++i) {
    wanted.push_back({{"scale" + std::to_string(i)}, {"scale"}, {1}});
    (void)stores->rooms->create_room({wanted.back().room, {"ann"}, core::room_access::open, {}},
                                     {});  // or it is from the last run
  }
  std::vector<core::room_key> keys;
  for (std::size_t from = 0; from < rooms; from += 500) {
    const auto end = std::min(rooms, from + 500);
    const auto opened = stores->journal->open(
        {wanted.begin() + static_cast<std::ptrdiff_t>(from), wanted.begin() + static_cast<std::ptrdiff_t>(end)}, 0);
    if (!opened) std::exit(1);
    for (const auto& one : *opened) keys.push_back(one->key);
  }
  std::vector<double> took;
  for (int i = 0; i < 7; ++i) {
    const auto began = std::chrono::steady_clock::now();
    const auto known = stores->journal->epochs(keys);
    took.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    if (!known || known->size() != rooms) std::exit(1);
  }
  std::sort(took.begin(), took.end());
  std::printf("the epochs of %zu rooms: %.2f ms, the median of 7\n", rooms, took[3] * 1e3);
}

}  // namespace greenroom::bench::scale
