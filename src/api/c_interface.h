#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/api.h"
#include "octet/octet_c.h"

// What the handles of the C interface hold.
struct octet_image {
  octet::v1::Image image;
};

struct octet_model {
  octet::v1::Model model;
  std::string name;
  std::vector<std::string> labels;
};

struct octet_detector {
  octet::v1::Detector detector;
};

struct octet_detections {
  std::vector<octet::v1::Detection> found;
  std::vector<octet_detection> rows;  // their labels are those of `found`
};

namespace octet::v1 {

// kInvalidArgument if a pointer that must be there is null; `what` names it.
void require(const void* pointer, const char* what);

// Within a handler: the status of what was caught, its message kept for octet_error_message().
octet_status keep_caught() noexcept;

// Runs `act`; what it throws becomes a status.
template <typename Act>
octet_status guarded(const Act& act) noexcept {
  try {
    act();
    return OCTET_OK;
  } catch (...) {
    return keep_caught();
  }
}

// The same for what `make` returns, which goes to `result`; that is null if anything fails.
template <typename Handle, typename Make>
octet_status make_handle(Handle** result, const Make& make) noexcept {
  if (result) *result = nullptr;
  return guarded([&] {
    require(static_cast<const void*>(result), "the place of the result");
    *result = std::make_unique<Handle>(make()).release();
  });
}

// The text, or an empty one for null, which stands for a default.
const char* text_or_empty(const char* text);

Progress progress_of(const octet_callbacks& callbacks);
Warn warn_of(const octet_callbacks& callbacks);

octet_comparison c_comparison(const Comparison& both);

// The enumerator that a number of C's stands for; `last` is the greatest. kInvalidArgument, with `what` it is, for another number.
template <typename Kind>
Kind kind_of(std::int32_t option, Kind last, const char* what) {
  if (option < 0 || option > static_cast<int>(last))
    throw Error(ErrorKind::kInvalidArgument, std::string(what) + " is " + std::to_string(option) + ", which is none");
  return static_cast<Kind>(option);
}
inline InferPrecision infer_precision_of(std::int32_t option) { return kind_of(option, InferPrecision::kBf16, "infer_precision"); }

// Tells each class of a model's accuracy; `tell` may be null.
using TellClass = void (*)(void* user, std::int32_t model, const octet_class_accuracy* accuracy);
void tell_classes(const Accuracy& accuracy, std::int32_t model, TellClass tell, void* user);

// The view as C++ has it. kInvalidArgument if it or its pixels are null.
ImageView view_of(const octet_image_view* pixels);

}  // namespace octet::v1
