#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace octet {

// Calls work(worker, index) for every index in [0, count) from `workers` threads, each of which takes the next free index.
// For whole images, where threads inside an image would wait for each other. `work` must not throw.
inline void parallel_for_each(int workers, std::size_t count, const std::function<void(int worker, std::size_t index)>& work) {
  std::atomic<std::size_t> next{0};
  const auto serve = [&](int worker) {
    for (std::size_t index = next++; index < count; index = next++) work(worker, index);
  };
  std::vector<std::thread> threads;
  for (int worker = 1; worker < workers; ++worker) threads.emplace_back(serve, worker);
  serve(0);
  for (std::thread& thread : threads) thread.join();
}

}  // namespace octet
