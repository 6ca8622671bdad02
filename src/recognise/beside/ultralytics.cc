#include "model/yaml.h"
#include "recognise/beside/readers.h"

namespace octet::beside {

// metadata.yaml has the keys that an ONNX file of Ultralytics has inside; those of a description of octet are none of its. One without
// names of classes, or without what it always has beside them, is another's.
Found read_ultralytics(Place& place) {
  const YAML::Node root = load_if_there(place.folder / "metadata.yaml", place);
  const YAML::Node names = at(root, "names");
  const bool is_of_model = !at(root, "stride").IsNull() || !at(root, "imgsz").IsNull() || !at(root, "task").IsNull();
  if (!is_of_model || (!names.IsMap() && !names.IsSequence())) return std::optional<Beside>();
  Beside found{.keys = values_in_one_line(root), .from = "metadata.yaml beside it (Ultralytics)"};
  std::erase_if(found.keys, [](const auto& pair) { return pair.first.starts_with("octet_"); });
  return std::optional(std::move(found));
}

}  // namespace octet::beside
