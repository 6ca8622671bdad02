#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "graph/original_file.h"

// The two graphs of an OriginalFile, tensor by tensor.
namespace octet {

// What integers of a file stand for: real = scale * (stored - zero_point).
struct BorderScale {
  double scale = 1;
  std::int64_t zero_point = 0;
};

// How a file stores a tensor at its border.
struct BorderTensor {
  std::string name;
  TensorType type;
  std::optional<BorderScale> scale = {};
  std::vector<std::string> further_names = {};
};

// Ends `before` in an input of the file, whose real values, in whatever shape of as many elements, are `value`.
void give_to_file(Graph& before, Value value, const BorderTensor& input);

// Begins `after` with an output of the file: its real values, in f32 where it has a scale.
Value take_from_file(Graph& after, const BorderTensor& output);

// Lets an output of the file be one of the graph, of an element type.
void give_to_graph(Graph& after, const BorderTensor& output, ElementType type);

// The border of a graph that has its file's inputs and outputs as they are.
OriginalFile file_with_border_of(const Graph& graph, FileFormat format, const std::filesystem::path& path);

}  // namespace octet
