#include "benchmark/measure.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace octet {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

// The time since the beginning and the number of inferences begun, held against the limits.
class Course {
 public:
  explicit Course(const MeasureLimits& limits) : limits_(limits) {}

  double seconds() const { return Seconds(Clock::now() - start_).count(); }

  // Whether another inference is to begin; waits until its time has come where there is a greatest rate.
  bool goes_on() {
    const bool unfinished = begun_ < std::max<std::int64_t>(1, limits_.iterations) ||
                            (limits_.seconds > 0 && seconds() < limits_.seconds) ||
                            begun_ % std::max<std::int64_t>(1, limits_.multiple) != 0;
    if (!unfinished) return false;
    if (limits_.max_rate > 0) std::this_thread::sleep_until(start_ + Seconds(static_cast<double>(begun_) / limits_.max_rate));
    ++begun_;
    return true;
  }

 private:
  const MeasureLimits& limits_;
  const Clock::time_point start_ = Clock::now();
  std::int64_t begun_ = 0;
};

}  // namespace

Result<Measurement> measure_serial(EngineSession& session, NextInputs next_inputs, const MeasureLimits& limits) {
  Measurement found;
  Course course(limits);
  while (course.goes_on()) {
    const auto inputs = next_inputs(0);
    const auto start = Clock::now();
    if (auto done = session.run(inputs); !done.ok()) return done.error();
    found.latencies_ms.push_back(1e3 * Seconds(Clock::now() - start).count());
  }
  found.seconds = course.seconds();
  return found;
}

Result<Measurement> measure_requests(RequestQueue& queue, NextInputs next_inputs, const MeasureLimits& limits) {
  Measurement found;
  std::vector<bool> started(queue.requests());
  const auto note_latency = [&](std::size_t request) {
    if (started[request]) found.latencies_ms.push_back(queue.latency_ms(request));
    started[request] = false;
  };
  Course course(limits);
  while (course.goes_on()) {
    const auto request = queue.wait_for_idle();
    if (!request.ok()) {
      (void)queue.wait_for_all();  // the others must not read inputs that the caller takes away
      return request.error();
    }
    note_latency(*request);
    queue.start(*request, next_inputs(*request));
    started[*request] = true;
  }
  OCTET_RETURN_IF_ERROR(queue.wait_for_all());
  found.seconds = course.seconds();
  for (std::size_t request = 0; request < started.size(); ++request) note_latency(request);
  return found;
}

}  // namespace octet
