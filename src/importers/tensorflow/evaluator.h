#pragma once

#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "importers/tensorflow/constant_tensor.h"
#include "importers/tensorflow/source.h"

namespace octet::tensorflow {

// Computes values of the graph that do not depend on the image: constants, and whatever follows from values that are
// given (`bind`). Lazy, each node once. Loops of the graph are not run.
class Evaluator {
 public:
  // The static shape of a value that is not computed here, as TensorFlow sees it (NHWC).
  using ShapeOf = std::function<Result<Shape>(Ref)>;

  explicit Evaluator(const Source& source, ShapeOf shape_of = {});

  // From now on `ref` has this value; to be called before anything that depends on it is evaluated.
  void bind(Ref ref, Tensor value) { bound_[ref] = std::move(value); }

  // Errors name the node that stands in the way.
  Result<Tensor> evaluate(Ref ref);

  // The same where one number is expected. What no std::int64_t holds becomes the nearest that one does.
  Result<double> number(Ref ref) { return single<double>(ref); }
  Result<std::int64_t> integer(Ref ref) { return single<std::int64_t>(ref); }

 private:
  template <typename T>
  Result<T> single(Ref ref);

  enum class State : char { kFresh, kOpen, kDone };

  const Tensor* known(Ref ref) const;
  // Pushes what the node still needs; whether it needs anything.
  Result<bool> open(NodeIndex index, std::vector<NodeIndex>& stack);
  Status compute(NodeIndex index);
  Status answer_shape(NodeIndex index);

  const Source& source_;
  ShapeOf shape_of_;
  std::map<Ref, Tensor> bound_;
  std::unordered_map<NodeIndex, std::vector<Tensor>> values_;
  std::unordered_map<NodeIndex, Error> failures_;  // of nodes that were tried before
  std::vector<State> states_;
  std::int64_t elements_left_ = 4 * kMaxConstantElements;  // in all, so that many large values are refused as one is
};

}  // namespace octet::tensorflow
