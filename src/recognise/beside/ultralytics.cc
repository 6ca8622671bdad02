#include "model/yaml.h"
#include "recognise/beside/readers.h"

namespace octet::beside {

// metadata.yaml has the keys that an ONNX file of Ultralytics has inside. One without names of classes is another's.
Found read_ultralytics(const std::filesystem::path& folder, const std::string&) {
  OCTET_ASSIGN(const YAML::Node root, load_if_there(folder / "metadata.yaml"));
  if (at(root, "names").IsNull()) return std::optional<Beside>();
  return std::optional(Beside{.keys = values_in_one_line(root), .from = "metadata.yaml beside it (Ultralytics)"});
}

}  // namespace octet::beside
