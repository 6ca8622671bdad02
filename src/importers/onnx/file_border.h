#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/onnx/model.h"
#include "graph/original_file.h"
#include "importers/onnx/node_import.h"

namespace octet::onnx {

// Notes what stands between the border of a file and that of the graph that it becomes, tensor by tensor.
class FileBorder {
 public:
  // The picture, which the graph takes as f32 of this shape.
  void take_picture(const InputRecord& input, const Shape& shape);
  // An input that is always the same.
  void take_constant(const std::string& name, const Tensor& value);
  // An input on which nothing depends that the graph gives.
  void take_unneeded(const InputRecord& input);
  // A value of the file that the graph gives, where it has a type.
  void give(const GraphRecord& source, const std::string& name, const ImportedValue& value, const TensorType& type);

  // Without its path. kUnsupported where the graph gives what the file does not.
  Result<OriginalFile> finish();

 private:
  void refuse(std::string why);

  OriginalFile file_;
  std::vector<std::string> inner_;  // what the graph gives and the file does not
  std::optional<std::string> why_not_;
};

}  // namespace octet::onnx
