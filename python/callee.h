#pragma once

#include <Python.h>

#include <cstdint>

#include "octet/octet_c.h"

namespace octet::python {

// Functions in Python that are called while something works, from whatever thread: within the interpreter that made the callee, whose lock
// is held meanwhile. (PyGILState_Ensure() knows the main interpreter alone.)
struct Callee {
  PyInterpreterState* interpreter = PyInterpreterState_Get();
  void* self = nullptr;
  int (*progress)(void* self, std::int64_t done, std::int64_t total) = nullptr;
  void (*warn)(void* self, const char* message) = nullptr;
  void (*class_accuracy)(void* self, std::int32_t model, const octet_class_accuracy* accuracy) = nullptr;
};

// The callbacks of the C interface, with a Callee for `user`.
int tell_progress(void* callee, std::int64_t done, std::int64_t total) noexcept;
void tell_warning(void* callee, const char* message) noexcept;
void tell_class(void* callee, std::int32_t model, const octet_class_accuracy* accuracy) noexcept;

}  // namespace octet::python
