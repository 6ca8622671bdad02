#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"

// Folders of images, with or without annotations. Nothing here opens an image: a file that is absent or broken is found by
// whoever decodes it, or by data/check_dataset.h.
namespace octet {

struct ImageEntry {
  std::int64_t id = 0;
  std::filesystem::path path;
  int width = 0, height = 0;  // as the annotations say, 0 if they do not
};

struct Dataset {
  std::filesystem::path image_folder;
  std::filesystem::path annotation_file;  // empty without annotations
  std::vector<ImageEntry> images;         // by rising id
  CocoGroundTruth truth;                  // empty without annotations
};

// COCO's layout, `split` being "val2017" or the like:
//   DIR/val2017/000000000139.jpg                 images
//   DIR/annotations/instances_val2017.json       what is in them
// An error if the folder, the annotations or the file name of an image is absent, or if a file name leaves the folder.
Result<Dataset> open_coco(const std::filesystem::path& dir, const std::string& split = "val2017");

// Every *.jpg, *.jpeg and *.png of `dir` (in any case of letters), sorted by name. Their ids are the numbers that they are
// named by, as in COCO ("000000000139.jpg"), if that holds for all and no two are the same; else 1, 2, 3, ...
// kNotFound if there is no such folder or no image in it.
Result<Dataset> open_image_folder(const std::filesystem::path& dir);

// The images to calibrate with: DIR/train2017 where there is one, else those of DIR/val2017. Reads no annotations.
Result<Dataset> open_calibration_images(const std::filesystem::path& dir);

// The first `limit` images and their annotations; all if `limit` is 0 or larger than the data set.
Dataset first_images(Dataset dataset, std::int64_t limit);

// `count` images drawn at random and kept in their order, with their annotations; all if `count` is 0 or larger than the
// data set. The same seed draws the same images on every machine.
Dataset random_subset(Dataset dataset, std::int64_t count, std::uint64_t seed);

}  // namespace octet
