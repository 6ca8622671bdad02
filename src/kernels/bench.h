#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/thread_pool.h"
#include "kernels/conv2d/aligned_buffer.h"
#include "kernels/kernel.h"
#include "kernels/view.h"

// What the benchmarks of kernels share: kernel_bench is all of them in one program.
namespace octet::kernels::bench {

// An image with slack whose first pixel lies on a cache line, as those in the arena of a session do.
template <typename T>
struct Image {
  AlignedBuffer<T> values;
  ImageView<T> view;

  Image(std::int64_t height, std::int64_t width, std::int64_t channels)
      : values(static_cast<std::size_t>(height * width * channels) + kReadSlack), view{values.data(), height, width, channels, channels} {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<T>(i * 7 % 251);
  }
  std::span<T> span() { return {values.data(), static_cast<std::size_t>(view.pixels() * view.channels)}; }
};

// count values from low to high, the same in every run.
template <typename T>
std::vector<T> noise(std::int64_t count, int low, int high) {
  std::vector<T> values(static_cast<std::size_t>(count));
  std::uint32_t state = 1;
  for (T& value : values) {
    state = state * 1664525u + 1013904223u;
    value = static_cast<T>(low + static_cast<int>((state >> 8) % static_cast<std::uint32_t>(high - low + 1)));
  }
  return values;
}

// "40x40x96".
inline std::string size_text(std::int64_t height, std::int64_t width, std::int64_t channels) {
  return std::to_string(height) + "x" + std::to_string(width) + "x" + std::to_string(channels);
}

// Times each kernel of the table that this CPU can run, on one thread, as OP/KERNEL/SHAPE. prepare(isa) gives the work to be timed, a
// function of a ThreadPool&; where `macs` of it are known, GMAC/s are counted.
template <class Table, typename Prepare>
void add(const std::string& shape, double macs, const Prepare& prepare) {
  for (const Isa& isa : isas_of<Table>()) {
    const std::string name = std::string(Table::kOp) + "/" + std::string(isa.name) + "/" + shape;
    benchmark::RegisterBenchmark(name.c_str(), [=](benchmark::State& state) {
      ThreadPool pool(1);
      auto work = prepare(isa);
      for (auto _ : state) work(pool);
      if (macs > 0) state.counters["GMAC/s"] = benchmark::Counter(macs * 1e-9, benchmark::Counter::kIsIterationInvariantRate);
    })->Unit(benchmark::kMicrosecond);
  }
}

}  // namespace octet::kernels::bench
