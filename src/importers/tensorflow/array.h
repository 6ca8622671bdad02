#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "formats/tensorflow/graph_def.h"
#include "tensor/tensor.h"

namespace octet::tensorflow {

// A small dense value that is computed at import: anchors, decoded boxes, batch-norm statistics, shapes. Every
// element is a double, which holds each float, int32 and bool exactly; `type` says how results are rounded, so that
// + - * / and sqrt give the very floats that TensorFlow computes.
struct Array {
  DataType type = DataType::kFloat;
  Shape shape;
  std::vector<double> values;
};

using ArrayPtr = std::shared_ptr<const Array>;

// Limit of the elements of one array; guards against small files that ask for much.
inline constexpr std::int64_t kMaxArrayElements = std::int64_t{1} << 24;

// An array of zeros; kMalformed if it would be too large.
Result<Array> make_array(DataType type, Shape shape);

// `value` as an element of `type`: rounded to float, cut to a whole number, 0 or 1.
double rounded(double value, DataType type);

// Errors: kUnsupported for a type that has no numbers (text, resources) or is too large.
Result<Array> array_of(const TensorRecord& record);
Result<Tensor> f32_tensor(const TensorRecord& record);
Tensor f32_tensor(const Array& array);

// The elements as whole numbers.
std::vector<std::int64_t> integers(const Array& array);

// A negative axis counts from the end; kMalformed if it leaves the rank.
Result<std::size_t> normal_axis(std::int64_t axis, std::size_t rank);

}  // namespace octet::tensorflow
