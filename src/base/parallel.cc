#include "base/parallel.h"

#include <atomic>
#include <thread>
#include <vector>

#include "base/first_exception.h"
#include "base/threads.h"

namespace octet {

void parallel_for_each(int workers, std::size_t count, const std::function<void(int worker, std::size_t index)>& work) {
  std::atomic<std::size_t> next{0};
  FirstException exception;
  const auto serve = [&](int worker) {
    for (std::size_t index = next++; index < count && !exception.caught(); index = next++) exception.guard([&] { work(worker, index); });
  };
  {
    std::vector<std::jthread> threads;  // joined here, whatever is thrown
    exception.guard([&] {
      for (int worker = 1; worker < workers; ++worker) threads.push_back(start_thread([&serve, worker] { serve(worker); }));
    });
    serve(0);
  }
  exception.rethrow();
}

}  // namespace octet
