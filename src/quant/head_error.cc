#include "quant/head_error.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "quant/layer_alone.h"

namespace octet::quant {

std::vector<Tensor> copies_of(std::span<const Tensor> outputs) {
  std::vector<Tensor> copies;
  for (const Tensor& output : outputs) copies.push_back(Tensor::of<float>(output.shape(), to_vector<float>(output)));
  return copies;
}

Result<HeadReference> head_reference(const std::shared_ptr<const Plan>& plan, const CalibrationImages& images, int threads) {
  std::vector<std::optional<Tensor>> inputs(images.count);
  std::vector<std::vector<Tensor>> heads(images.count);
  OCTET_RETURN_IF_ERROR(for_each_picture(plan, images.count, threads, [&](Session& session, std::size_t i) -> Status {
    auto input = images.load(i);
    if (!input.ok()) return {};
    OCTET_ASSIGN(const auto outputs, session.run(std::span(&*input, 1)));
    heads[i] = copies_of(outputs);
    inputs[i] = *std::move(input);
    return {};
  }));
  HeadReference reference;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (!inputs[i]) continue;
    reference.inputs.push_back(*std::move(inputs[i]));
    reference.heads.push_back(std::move(heads[i]));
  }
  if (reference.inputs.empty()) return Error{ErrorCode::kNotFound, "no image could be used to measure the quantization with"};
  return reference;
}

Result<HeadReference> head_reference(const Graph& floats, const CalibrationImages& images, int threads) {
  OCTET_ASSIGN(const auto plan, compile(ended_at(floats, head_values(floats))));
  return head_reference(plan, images, threads);
}

void add_difference(Powers& powers, const Tensor& truth, const Tensor& found) {
  const auto a = truth.values<float>(), b = found.values<float>();
  for (std::size_t i = 0; i < a.size(); ++i) {
    powers.signal += static_cast<double>(a[i]) * static_cast<double>(a[i]);
    powers.noise += std::pow(static_cast<double>(b[i]) - static_cast<double>(a[i]), 2);
  }
}

double mean_error(const std::vector<Powers>& heads) {
  double sum = 0;
  for (const Powers& head : heads) sum += head.relative();
  return heads.empty() ? 0 : sum / static_cast<double>(heads.size());
}

Result<double> head_error(const Graph& graph, const HeadReference& reference, int threads) {
  OCTET_ASSIGN(const auto plan, compile(ended_at(graph, head_values(graph))));
  std::vector<Powers> heads(plan->outputs().size());
  // In the order of the images, as doubles are rounded; what is found of an image waits for those before it.
  std::mutex mutex;
  std::vector<std::vector<Tensor>> found(reference.inputs.size());
  std::size_t added = 0;
  OCTET_RETURN_IF_ERROR(for_each_picture(plan, found.size(), threads, [&](Session& session, std::size_t i) -> Status {
    OCTET_ASSIGN(const auto outputs, session.run(std::span(&reference.inputs[i], 1)));
    std::vector<Tensor> copies = copies_of(outputs);
    const std::scoped_lock lock(mutex);
    found[i] = std::move(copies);
    for (; added < found.size() && !found[added].empty(); ++added) {
      for (std::size_t head = 0; head < heads.size(); ++head) add_difference(heads[head], reference.heads[added][head], found[added][head]);
      found[added].clear();
    }
    return {};
  }));
  return mean_error(heads);
}

}  // namespace octet::quant
