// ssd: rows of 7 numbers, as DetectionOutput gives them.

#include "accuracy/adapters.h"

namespace octet::accuracy {
namespace {

constexpr std::size_t kRow = 7;

int label_of(float number) { return number >= 0 && number < 1e6f ? static_cast<int>(number) : -1; }

// A label with a fraction equals none of the data set.
Box box_of(const float* row, bool custom_order) {
  const float label = row[custom_order ? 6 : 1], score = row[custom_order ? 5 : 2];
  const int whole = label_of(label);
  Box box = custom_order ? Box{row[2], row[1], row[4], row[3], score, whole} : Box{row[3], row[4], row[5], row[6], score, whole};
  if (static_cast<float>(whole) != label) box.label = -1;
  return box;
}

}  // namespace

Result<Adapter> make_ssd_adapter(Settings& settings, const Network& network, Notes&) {
  const bool custom_order = settings.flag("custom_output_order", false);
  OCTET_ASSIGN(std::size_t index, first_output(network));
  for (std::size_t i = network.outputs.size(); i-- > 0;)
    if (const NetworkOutput& output = network.outputs[i];
        output.element == ElementType::kF32 && !output.shape.empty() && output.shape.back() == static_cast<std::int64_t>(kRow))
      index = i;
  if (element_count(network.outputs[index].shape) % static_cast<std::int64_t>(kRow) != 0)
    return wrong_shape(network.outputs[index], "rows of 7 numbers");
  return Adapter([=](std::span<const Tensor> outputs, const Frame&) {
    ImageBoxes found;
    const auto values = outputs[index].values<float>();
    for (std::size_t row = 0; row + kRow <= values.size(); row += kRow) {
      if (values[row] == -1) break;
      if (values[row] == 0) found.boxes.push_back(box_of(&values[row], custom_order));
    }
    return found;
  });
}

}  // namespace octet::accuracy
