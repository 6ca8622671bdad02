#pragma once

#include <cstddef>
#include <functional>

namespace octet {

// Calls work(worker, index) for every index in [0, count) from `workers` threads, each of which takes the next free index.
// For whole images, where threads inside an image would wait for each other.
//
// Whatever `work` throws ends the run: no further index is taken, and when all threads are done the first exception is thrown
// again here. Throws std::system_error if the system grants no more threads.
void parallel_for_each(int workers, std::size_t count, const std::function<void(int worker, std::size_t index)>& work);

}  // namespace octet
