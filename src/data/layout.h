#pragma once

#include <filesystem>

#include "base/result.h"

// Where the parts of a data set lie. Tools agree on the annotations (COCO's JSON) and not on the folders:
//   COCO        val2017/ and annotations/instances_val2017.json; val2014 likewise
//   Roboflow    valid/_annotations.coco.json among its pictures; train/ and test/ likewise
//   CVAT        images/ or images/default/ and annotations/instances_default.json
//   other       a folder with _annotations.coco.json and its pictures; one annotations/instances_NAME.json and NAME/ or images/
namespace octet {

struct DataPart {
  std::filesystem::path image_folder;
  std::filesystem::path annotation_file;  // empty where the pictures have none
};

// The part to measure accuracy on, which has annotations: validation, else test. kNotFound, with the layouts, where there is none.
Result<DataPart> find_measured_part(const std::filesystem::path& dir);

// The part to calibrate with: training, else what accuracy is measured on, either with its annotations where it has some.
// kNotFound as above.
Result<DataPart> find_calibration_part(const std::filesystem::path& dir);

}  // namespace octet
