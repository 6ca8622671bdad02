#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "base/progress.h"
#include "base/result.h"
#include "zoo/zoo_model.h"

namespace octet {

// Who wrote a model.yml.
enum class ModelForm {
  kOpenModelZoo,  // keys that nobody knows are ignored, and all that the Open Model Zoo requires must be there
  kOctet          // nothing is required but the file that octet converts, and keys that nobody reads are warned of
};

// The models below are described in YAML by the Open Model Zoo's keys and some of octet's own; docs/zoo.md lists them. Errors are
// kMalformed and name the places where the fault lies line by line, each indented by four blanks more, as the Open Model Zoo's tools
// print them:
//
//   In model "yolo-v4-tf":
//       In file "yolov4.weights":
//           "size": expected a non-negative integer, got 'much' (line 7)

// `error` with a line for its place put in front.
Error in_context(const std::string& place, const Error& error);

// `error` on one line.
Error on_one_line(const Error& error);

// The content of a model.yml. `name` and `subdirectory` are left to the caller's words.
Result<ZooModel> parse_model(std::string_view yaml, const std::string& name, ModelForm form, const Warn& warn = {});

// The content of a composite-model.yml without its stages, and their names in order.
struct CompositeDescription {
  ZooModel model;
  std::vector<std::string> stages_order;
};
Result<CompositeDescription> parse_composite_model(std::string_view yaml, const std::string& name);

// Octet's form from a file, whose stem is the name. Errors are on one line.
Result<ZooModel> read_description_file(const std::filesystem::path& path, const Warn& warn = {});

}  // namespace octet
