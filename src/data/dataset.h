#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "boxes/detection.h"
#include "image/decode.h"

// Pictures, with or without annotations. Nothing here opens a picture: one that is absent or broken is found by whoever
// decodes it, by data/first_look.h or by data/check_dataset.h.
namespace octet {

struct ImageEntry {
  std::int64_t id = 0;
  std::filesystem::path path;
  int width = 0, height = 0;  // as the annotations say, 0 if they do not
  // Inside the folder that was named, for tables and drawings: two pictures of one data set have different names.
  std::filesystem::path name{};
};

struct Dataset {
  std::filesystem::path image_folder;                 // of the first picture, where several were named
  std::filesystem::path annotation_file;              // of annotations or categories; empty without both
  std::vector<ImageEntry> images;                     // by rising id
  CocoGroundTruth truth;                              // empty without annotations
  DecodeOptions decode{};                             // how its pictures are read
  std::map<std::string, std::int64_t> other_files{};  // beside pictures that were listed by folder: no pictures, by extension
};

// The annotated part to measure accuracy on, in one of the layouts of data/layout.h. Errors as open_annotated() and
// find_measured_part() have them.
Result<Dataset> open_dataset(const std::filesystem::path& dir);

// The images that `annotation_file` lists, with names inside `image_folder`. An absolute name is taken if it is inside.
// kNotFound if the folder or the file is absent, kMalformed, with file and entry, for a name that is missing or leaves the folder.
Result<Dataset> open_annotated(const std::filesystem::path& image_folder, const std::filesystem::path& annotation_file);

// Picture files, and all pictures of folders and of the folders in them, in the order given, in each folder by name. Their ids
// are the numbers that they are named by, as in COCO ("000000000139.jpg", "COCO_val2014_000000000139.jpg"), if that holds for
// all and no two are the same; else 1, 2, 3, ... kNotFound for what is not there and for a folder without pictures.
Result<Dataset> open_pictures(const std::vector<std::filesystem::path>& paths);

// The pictures to calibrate with: every picture of the training folder (its annotations, which may be half a gigabyte, are not
// read) where there is one; else the images of open_dataset() that are there, the others said through `warn` in one line; else,
// without annotations, every picture of the folder to measure on.
Result<Dataset> open_calibration_images(const std::filesystem::path& dir, const Warn& warn);

// Takes the categories of `annotations`, and for images that it lists by name the ids that it gives them.
Status take_categories(Dataset& dataset, const std::filesystem::path& annotations);

// The first `limit` images and their annotations; all if `limit` is 0 or larger than the data set.
Dataset first_images(Dataset dataset, std::int64_t limit);

// `count` images drawn at random and kept in their order, with their annotations; all if `count` is 0 or larger than the
// data set. The same seed draws the same images on every machine.
Dataset random_subset(Dataset dataset, std::int64_t count, std::uint64_t seed);

}  // namespace octet
