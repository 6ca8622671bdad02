#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "accuracy/boxes.h"
#include "accuracy/settings.h"
#include "base/result.h"
#include "boxes/detection.h"

// Annotations of a data set, read as the Open Model Zoo's annotation converters read them.
namespace octet::accuracy {

// Where a configuration's relative paths begin. Without a folder they are taken as they stand; with one none may leave it.
struct Folders {
  std::filesystem::path source;       // -s, DATA_DIR
  std::filesystem::path annotations;  // -a, ANNOTATIONS_DIR
};
Result<std::filesystem::path> path_below(const std::filesystem::path& folder, const std::string& path);

struct AnnotatedImage {
  std::string file_name;  // inside the image folder; distinct
  ImageBoxes truth;       // in pixels
};

// What COCO's own evaluation needs beyond the boxes.
struct CocoSource {
  CocoGroundTruth truth;
  std::vector<std::pair<int, std::int64_t>> category_of_label;
};

struct Annotations {
  std::vector<AnnotatedImage> images;
  std::vector<std::pair<int, std::string>> labels;  // in the order in which they are reported, the background left out
  std::size_t converted = 0;                        // images that the file lists, those without objects included
  std::optional<CocoSource> coco;                   // of a COCO file
};

// Converts when it is called; kNotFound, kMalformed of the files.
using Convert = std::function<Result<Annotations>()>;

// The converter that an entry `annotation_conversion` describes. kUnsupported for one that octet lacks.
Result<Convert> make_converter(const YAML::Node& conversion, const Folders& folders);

// The converters, one file each.
Result<Convert> make_coco_converter(Settings& settings, const Folders& folders);
Result<Convert> make_voc_converter(Settings& settings, const Folders& folders);
Result<Convert> make_syg_converter(Settings& settings, const Folders& folders);

// Label to name from a `dataset_meta_file`, which has `label_map` or `labels`; the first of the latter is `first_label`.
Result<std::vector<std::pair<int, std::string>>> read_label_map(const std::filesystem::path& path, int first_label);

}  // namespace octet::accuracy
