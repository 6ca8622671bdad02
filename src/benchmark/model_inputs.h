#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "graph/graph.h"

namespace octet {

// What the dimensions of a tensor mean: a letter each (N batch, C channels, D depth, H height, W width), '?' for any, and once at most
// "..." for any number of them. OpenVINO's layouts.
class Layout {
 public:
  // Nothing is known.
  Layout() = default;

  // "NCHW", "N,C,H,W", "N...C", with or without brackets; kInvalidArgument for anything else.
  static Result<Layout> parse(std::string_view text);

  bool is_known() const { return !dimensions_.empty(); }
  // Whether a tensor of `rank` dimensions can have it.
  bool fits(std::size_t rank) const;
  // Which dimension of a tensor of `rank` dimensions has the letter.
  std::optional<std::size_t> find(char letter, std::size_t rank) const;
  // As OpenVINO prints it: "[N,C,H,W]", "[...]" where nothing is known.
  std::string to_string() const;

  bool operator==(const Layout&) const = default;

 private:
  std::string dimensions_;  // a character each, '.' for any number of dimensions
};

// An input of a model that is to be measured.
struct ModelInput {
  std::string name;
  TensorType type;                        // of the model
  ElementType given = ElementType::kF32;  // of the values that it is given, which are converted
  Layout layout;
  std::vector<double> mean, scale;  // given values x become (x - mean) / scale; one for all, or one a channel; empty: as they are

  // The size of the dimension with a letter, or nothing where none has it.
  std::optional<std::int64_t> size(char letter) const;
  // A picture: three channels, and a layout that says which.
  bool is_image() const;
  // A list of numbers about pictures: [N,C] of two numbers or more.
  bool is_image_info() const;
};

// The inputs of a graph. Where an image's layout can be told by its shape, it is.
std::vector<ModelInput> model_inputs(const Graph& graph);

// The layout that a shape suggests: dimensions up to four beside larger ones are channels.
Layout guessed_layout(const Shape& shape);

// The size of N in all inputs that have one, 1 where none has; kInvalidArgument where they differ.
Result<std::int64_t> batch_size(std::span<const ModelInput> inputs);

}  // namespace octet
