#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"

// COCO's two JSON files: instances_*.json with the annotated objects, and the results format with what a model found.
namespace octet {

// Reads images, categories and annotations, with LVIS's neg_category_ids, not_exhaustive_category_ids and frequency; segments, licences and
// addresses are passed over.
//   required   images: id. categories: id. annotations: id, image_id, category_id, bbox
//   absent     file_name: its place at COCO's, as coco_url has it ("val2017/000000397133.jpg"), else "", width and height: 0, name (also
//   where it is blank): the id, area: width * height of the box, iscrowd: 0 errors     kNotFound; kMalformed with file and byte, or with
//   file, entry and field: "x.json: annotations[3]: 'bbox' is
//              missing". Also for two entries of one section with the same id, and for a box or an area of negative size.
Result<CocoGroundTruth> read_coco_annotations(const std::filesystem::path& path);
Result<CocoGroundTruth> parse_coco_annotations(std::string_view text);  // errors name no file

// Its images alone, without credits. Annotations that stand behind them, as in COCO's own files of half a gigabyte, are not read.
Result<CocoImages> read_coco_images(const std::filesystem::path& path);

// A file that read_coco_annotations() takes and gives back, without credits. Errors as of format_coco_results().
Result<std::string> format_coco_annotations(const CocoGroundTruth& truth);

// Reads an array of {"image_id", "category_id", "bbox": [left, top, width, height], "score"}. Errors as above.
//   threads  share the file out; neither the answer nor an error depends on them
Result<std::vector<CocoResult>> read_coco_results(const std::filesystem::path& path, int threads = 1);
Result<std::vector<CocoResult>> parse_coco_results(std::string_view text, int threads = 1);  // errors name no file

// The same results give the same bytes, and reading them back gives the same numbers. A value that JSON cannot hold (NaN,
// infinity) is an error that names the entry.
Result<std::string> format_coco_results(std::span<const CocoResult> results);

}  // namespace octet
