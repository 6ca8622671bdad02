#include "callee.h"

namespace octet::python {
namespace {

// As long as it lives this thread is one of the interpreter's and holds its lock. A thread may have several states, one of them current.
class Within {
 public:
  explicit Within(PyInterpreterState* interpreter) : state_(PyThreadState_New(interpreter)) {
    if (!state_) Py_FatalError("out of memory");
    PyEval_RestoreThread(state_);
  }
  ~Within() {
    PyThreadState_Clear(state_);
    PyEval_SaveThread();
    PyThreadState_Delete(state_);
  }
  Within(const Within&) = delete;
  Within& operator=(const Within&) = delete;

 private:
  PyThreadState* state_;
};

}  // namespace

int tell_progress(void* callee, std::int64_t done, std::int64_t total) noexcept {
  const Callee& called = *static_cast<const Callee*>(callee);
  const Within within(called.interpreter);
  return called.progress(called.self, done, total);
}

void tell_warning(void* callee, const char* message) noexcept {
  const Callee& called = *static_cast<const Callee*>(callee);
  const Within within(called.interpreter);
  called.warn(called.self, message);
}

void tell_class(void* callee, std::int32_t model, const octet_class_accuracy* accuracy) noexcept {
  const Callee& called = *static_cast<const Callee*>(callee);
  const Within within(called.interpreter);
  called.class_accuracy(called.self, model, accuracy);
}

}  // namespace octet::python
