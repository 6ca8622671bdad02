#include "engines/request_queue.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <exception>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/thread_annotations.h"
#include "base/threads.h"

namespace octet {
namespace {

using Clock = std::chrono::steady_clock;

// A request is touched by one thread at a time: by its stream while it runs, else by those who start it and read its results. The
// queue's lock hands it over.
struct Request {
  std::span<const Tensor> inputs;
  RequestQueue::Done done;
  Clock::time_point started;
  double latency_ms = 0;
  std::vector<double> step_us;
};

}  // namespace

struct RequestQueue::State {
  State(std::shared_ptr<const EngineModel> its_model, const RequestQueueOptions& its_options)
      : model(std::move(its_model)), options(its_options), requests(static_cast<std::size_t>(std::max(1, options.requests))) {
    for (std::size_t i = 0; i < requests.size(); ++i) idle.push_back(i);
  }

  // Also of the streams that were started before one could not be.
  ~State() {
    {
      const MutexLock lock(mutex);
      stop = true;
    }
    work_is_there.notify_all();
    streams.clear();
  }

  // A stream's life.
  void serve() {
    std::unique_ptr<EngineSession> session;
    guard([&]() -> Status {
      // Opened here, so that its memory is first touched by the thread that works in it.
      session = model->open_session(std::max(1, options.threads_per_stream));
      session->enable_profile(options.profile);
      return {};
    });
    {
      const MutexLock lock(mutex);
      ++opened;
    }
    idle_is_there.notify_all();
    if (!session) return;
    while (const auto request = next()) {
      run(*session, requests[*request]);
      finish(*request);
    }
  }

  // Waits for a request to run; nothing on stop.
  std::optional<std::size_t> next() OCTET_EXCLUDES(mutex) {
    const MutexLock lock(mutex);
    while (!stop && waiting.empty()) work_is_there.wait(mutex);
    if (stop) return std::nullopt;
    const std::size_t request = waiting.front();
    waiting.pop_front();
    return request;
  }

  void run(EngineSession& session, Request& request) {
    guard([&]() -> Status {
      OCTET_ASSIGN(const auto outputs, session.run(request.inputs));
      request.latency_ms = std::chrono::duration<double, std::milli>(Clock::now() - request.started).count();
      if (options.profile) request.step_us.assign(session.step_us().begin(), session.step_us().end());
      if (request.done) request.done(outputs);
      return {};
    });
  }

  // Keeps the first error and the first exception for whoever waits; an exception that left a thread would end the program.
  template <typename Work>
  void guard(const Work& work) OCTET_EXCLUDES(mutex) {
    std::optional<Error> new_error;
    std::exception_ptr new_exception;
    try {
      if (const Status done = work(); !done.ok()) new_error = done.error();
    } catch (...) {
      new_exception = std::current_exception();
    }
    if (!new_error && !new_exception) return;
    const MutexLock lock(mutex);
    if (!error) error = std::move(new_error);
    if (!exception) exception = new_exception;
  }

  void finish(std::size_t request) OCTET_EXCLUDES(mutex) {
    {
      const MutexLock lock(mutex);
      idle.push_back(request);
    }
    idle_is_there.notify_all();
  }

  // Waits until at least `count` requests are idle.
  void wait_for_idle(std::size_t count) OCTET_EXCLUDES(mutex) {
    const MutexLock lock(mutex);
    while (idle.size() < count) idle_is_there.wait(mutex);
  }

  // Gives, once, what guard() has kept.
  Status failure() OCTET_EXCLUDES(mutex) {
    std::exception_ptr thrown;
    std::optional<Error> found;
    {
      const MutexLock lock(mutex);
      thrown = std::exchange(exception, nullptr);
      found = std::exchange(error, std::nullopt);
    }
    if (thrown) std::rethrow_exception(thrown);
    return found ? Status(*std::move(found)) : Status();
  }

  const std::shared_ptr<const EngineModel> model;
  const RequestQueueOptions options;
  std::vector<Request> requests;
  Mutex mutex;
  std::condition_variable_any work_is_there, idle_is_there;
  std::deque<std::size_t> waiting OCTET_GUARDED_BY(mutex);
  std::deque<std::size_t> idle OCTET_GUARDED_BY(mutex);
  std::optional<Error> error OCTET_GUARDED_BY(mutex);
  std::exception_ptr exception OCTET_GUARDED_BY(mutex);
  std::size_t opened OCTET_GUARDED_BY(mutex) = 0;
  bool stop OCTET_GUARDED_BY(mutex) = false;
  std::vector<std::jthread> streams;
};

RequestQueue::RequestQueue(std::shared_ptr<const EngineModel> model, const RequestQueueOptions& options)
    : state_(std::make_unique<State>(std::move(model), options)) {
  State& state = *state_;
  const auto streams = static_cast<std::size_t>(std::max(1, options.streams));
  while (state.streams.size() < streams) state.streams.push_back(start_thread([&state] { state.serve(); }));
  {
    const MutexLock lock(state.mutex);
    while (state.opened < streams) state.idle_is_there.wait(state.mutex);
  }
  (void)state.failure();  // opening gives no errors; throws what was thrown
}

RequestQueue::~RequestQueue() = default;

std::size_t RequestQueue::requests() const { return state_->requests.size(); }

void RequestQueue::start(std::size_t request, std::span<const Tensor> inputs, Done done) {
  State& state = *state_;
  {
    const MutexLock lock(state.mutex);
    const auto place = std::ranges::find(state.idle, request);
    OCTET_CHECK(place != state.idle.end(), "a request is started that is not idle");
    state.idle.erase(place);
    Request& started = state.requests[request];
    started.inputs = inputs;
    started.done = std::move(done);
    started.started = Clock::now();
    state.waiting.push_back(request);
  }
  state.work_is_there.notify_one();
}

Result<std::size_t> RequestQueue::wait_for_idle() {
  State& state = *state_;
  state.wait_for_idle(1);
  OCTET_RETURN_IF_ERROR(state.failure());
  const MutexLock lock(state.mutex);
  return state.idle.front();
}

Status RequestQueue::wait_for_all() {
  state_->wait_for_idle(requests());
  return state_->failure();
}

double RequestQueue::latency_ms(std::size_t request) const { return state_->requests[request].latency_ms; }

std::span<const double> RequestQueue::step_us(std::size_t request) const { return state_->requests[request].step_us; }

}  // namespace octet
