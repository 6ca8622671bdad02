#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

// Where the parts of a data set lie. Tools agree on the annotations (COCO's JSON) and not on the folders:
//   COCO        val2017/ and annotations/instances_val2017.json; val2014 likewise
//   Roboflow    valid/_annotations.coco.json among its pictures; train/ and test/ likewise
//   CVAT        images/ or images/default/ and annotations/instances_default.json
//   other       a folder with _annotations.coco.json and its pictures; one annotations/instances_NAME.json and NAME/ or images/
namespace octet {

struct DataPart {
  std::filesystem::path image_folder, annotation_file;
};

// The part to measure accuracy on: validation, else test. kNotFound, with the layouts, where there is none.
Result<DataPart> find_measured_part(const std::filesystem::path& dir);

// The folder of the training pictures, or else, without annotations, of the pictures to measure on; empty where there is none.
std::filesystem::path find_training_folder(const std::filesystem::path& dir);
std::filesystem::path find_measured_folder(const std::filesystem::path& dir);

}  // namespace octet
