#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <span>

#include "engines/engine.h"

namespace octet {

struct RequestQueueOptions {
  int streams = 1;             // inferences that run at a time
  int threads_per_stream = 1;  // of each inference
  int requests = 1;            // places for inferences that wait or run: more than streams keep a stream from waiting for its next one
  bool profile = false;        // keep the times of the steps
};

// Asynchronous inferences of one model. Each stream is a thread with a session of its own; the model's weights are shared by all. A
// request is a place for one inference: it is idle, or it waits for a stream or runs on one. Requests run in the order in which they
// were started.
//
// For use from one thread at a time. Where an inference failed, waiting says so.
class RequestQueue {
 public:
  // Called on the stream's thread before the request is idle again; the outputs are valid until it returns.
  using Done = std::function<void(std::span<const Tensor> outputs)>;

  // Returns when every stream has its session. Throws what opening one throws, and std::system_error if the system grants fewer threads.
  RequestQueue(std::shared_ptr<const EngineModel> model, const RequestQueueOptions& options);
  RequestQueue(const RequestQueue&) = delete;
  RequestQueue& operator=(const RequestQueue&) = delete;
  // Waits for inferences that run; those that wait for a stream are dropped.
  ~RequestQueue();

  std::size_t requests() const;

  // Starts an idle request. What `inputs` refers to must not change before the request is idle again.
  void start(std::size_t request, std::span<const Tensor> inputs, Done done = {});

  // Waits until a request is idle: the one that has been so for longest. Gives the first error of any inference since the last
  // time that one was given, or throws what an inference or a Done has thrown.
  Result<std::size_t> wait_for_idle();

  // The same, until all are idle.
  Status wait_for_all();

  // Of the last inference of an idle request: milliseconds from its start, the wait for a stream included, to its results.
  double latency_ms(std::size_t request) const;
  // Microseconds of each of the model's steps(), with RequestQueueOptions::profile.
  std::span<const double> step_us(std::size_t request) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace octet
