#include "benchmark/model_inputs.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace octet {
namespace {

constexpr char kAnyNumber = '.';  // of dimensions

// Whether a shape has few values, as colours are, in one dimension and more in another.
bool channels_beside(const Shape& shape, std::size_t channels, std::size_t other) {
  constexpr std::int64_t kMostColours = 4;
  return shape[channels] <= kMostColours && shape[other] > kMostColours;
}

Error no_layout(std::string_view text) {
  return {ErrorCode::kInvalidArgument, "'" + std::string(text) + "' is no layout (a letter for each dimension, such as NCHW)"};
}

}  // namespace

Result<Layout> Layout::parse(std::string_view text) {
  std::string_view rest = text;
  if (rest.starts_with('[') && rest.ends_with(']')) rest = rest.substr(1, rest.size() - 2);
  Layout layout;
  while (!rest.empty()) {
    const bool dots = rest.starts_with("...");
    const char next = dots ? kAnyNumber : static_cast<char>(std::toupper(static_cast<unsigned char>(rest[0])));
    rest.remove_prefix(dots ? 3 : 1);
    if (next == ',' || next == ' ') continue;
    const bool again = next != '?' && layout.dimensions_.find(next) != std::string::npos;
    if (again || (!dots && next != '?' && (next < 'A' || next > 'Z'))) return no_layout(text);
    layout.dimensions_ += next;
  }
  return layout;
}

std::optional<std::size_t> Layout::find(char letter, std::size_t rank) const {
  const std::size_t place = dimensions_.find(letter), dots = dimensions_.find(kAnyNumber);
  if (place == std::string::npos) return std::nullopt;
  const std::size_t from_end = dimensions_.size() - place;
  if (dots != std::string::npos && dots < place) return from_end <= rank ? std::optional(rank - from_end) : std::nullopt;
  return place < rank ? std::optional(place) : std::nullopt;
}

bool Layout::fits(std::size_t rank) const {
  const bool any_number = dimensions_.find(kAnyNumber) != std::string::npos;
  return !is_known() || (any_number ? dimensions_.size() - 1 <= rank : dimensions_.size() == rank);
}

std::string Layout::to_string() const {
  if (dimensions_.empty()) return "[...]";
  std::string text;
  for (const char dimension : dimensions_) {
    text += text.empty() ? "[" : ",";
    text += dimension == kAnyNumber ? "..." : std::string(1, dimension);
  }
  return text + "]";
}

std::optional<std::int64_t> ModelInput::size(char letter) const {
  const auto dimension = layout.find(letter, type.shape.size());
  return dimension ? std::optional(type.shape[*dimension]) : std::nullopt;
}

bool ModelInput::is_image() const {
  static constexpr std::array kImages{"[N,C,H,W]", "[N,H,W,C]", "[C,H,W]", "[H,W,C]"};
  return std::ranges::find(kImages, layout.to_string()) != kImages.end() && layout.fits(type.shape.size()) && size('C') == 3;
}

bool ModelInput::is_image_info() const {
  return layout.to_string() == "[N,C]" && layout.fits(type.shape.size()) && size('C').value_or(0) >= 2;
}

Layout guessed_layout(const Shape& shape) {
  const auto known = [](std::string_view text) { return *Layout::parse(text); };
  if (shape.size() == 4 && channels_beside(shape, 1, 3)) return known("NCHW");
  if (shape.size() == 4 && channels_beside(shape, 3, 1)) return known("NHWC");
  if (shape.size() == 3 && channels_beside(shape, 0, 2)) return known("CHW");
  if (shape.size() == 3 && channels_beside(shape, 2, 0)) return known("HWC");
  return {};
}

std::vector<ModelInput> model_inputs(const Graph& graph) {
  std::vector<ModelInput> inputs;
  for (const NodeId id : graph.parameters()) {
    const Node& node = graph.node(id);
    const TensorType& type = node.outputs[0];
    inputs.push_back(
        {.name = node.name, .type = type, .given = type.element, .layout = guessed_layout(type.shape), .mean = {}, .scale = {}});
  }
  return inputs;
}

Result<std::int64_t> batch_size(std::span<const ModelInput> inputs) {
  std::optional<std::int64_t> found;
  for (const ModelInput& input : inputs) {
    const auto size = input.size('N');
    if (size && found.value_or(*size) != *size)
      return Error{ErrorCode::kInvalidArgument, "the batch size is different for different inputs: " + std::to_string(*found) + ", and " +
                                                    std::to_string(*size) + " of '" + input.name + "'"};
    if (size) found = size;
  }
  return found.value_or(1);
}

}  // namespace octet
