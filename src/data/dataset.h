#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/columns.h"
#include "base/progress.h"
#include "base/result.h"
#include "boxes/detection.h"
#include "image/decode.h"

// Pictures, with or without annotations. Nothing here opens a picture: one that is absent or broken is found by whoever
// decodes it, by data/first_look.h or by data/check_dataset.h.
namespace octet {

struct ImageEntry {
  // Paths are texts here: std::filesystem::path keeps a list of its parts beside its text, ten times as large.
  std::int64_t id = 0;
  std::string path;           // never empty
  int width = 0, height = 0;  // as the annotations say, 0 if they do not
  // Inside the folder that was named, for tables and drawings: two pictures of one data set have different names.
  std::string name{};
};

// Of millions of pictures, in columns: entries are values, those that are read copies. Of paths the part in front of the names is kept
// once, if it is the same.
class ImageList {
 public:
  using value_type = ImageEntry;

  ImageList() = default;
  ImageList(std::initializer_list<ImageEntry> images) {
    for (const ImageEntry& image : images) push_back(image);
  }

  std::size_t size() const { return ids_.size(); }
  bool empty() const { return size() == 0; }
  ImageEntry operator[](std::size_t row) const;
  RowIterator<ImageList> begin() const { return {*this, 0}; }
  RowIterator<ImageList> end() const { return {*this, size()}; }
  std::int64_t id(std::size_t row) const { return ids_[row]; }
  std::string_view name(std::size_t row) const { return names_[row]; }  // until the list changes

  void push_back(const ImageEntry& image);

 private:
  IntegerColumn ids_;
  ScratchVector<std::pair<int, int>> sizes_;
  TextColumn names_, other_paths_;  // the other paths: empty where it is `before_name_` and the name
  std::string before_name_;
};

struct Dataset {
  std::filesystem::path image_folder;                 // of the first picture, where several were named
  std::filesystem::path annotation_file;              // of annotations or categories; empty without both
  ImageList images;                                   // by rising id
  CocoGroundTruth truth;                              // empty without annotations; images alone for DataUse::kCalibrate
  DecodeOptions decode{};                             // how its pictures are read
  std::map<std::string, std::int64_t> other_files{};  // beside pictures that were listed by folder: no pictures, by extension
  std::filesystem::path measured_folder{};            // of pictures to calibrate with: of those that accuracy is measured on, if elsewhere
};

// What names the pictures that a verb works on.
struct DataSource {
  std::filesystem::path folder{};               // a data set in one of the layouts of data/layout.h,
  std::vector<std::filesystem::path> images{};  // or pictures, and folders of pictures with all folders below them,
  std::filesystem::path annotations{};          // and perhaps the annotations of the pictures in the one folder that `images` names
  std::filesystem::path categories{};           // annotations whose categories, and ids of images that they list by name, are taken
  bool apply_exif = false;                      // turn pictures as their EXIF orientation says
};

enum class DataUse {
  kDetect,               // of a data set the annotated part to measure accuracy on, with every picture that is listed
  kCalibrate,            // of a data set the training part where there is one; listed pictures that are not there are left out
  kCalibrateAndMeasure,  // the same, with its annotations
};

// The one way to list pictures, for every verb: those that the annotations list where there are annotations, by their names inside
// the folder (an absolute name is taken if it is inside); else the files, in the order given, in each folder by name. The ids of files are
// the numbers that they are named by, as in COCO ("000000000139.jpg", "COCO_val2014_000000000139.jpg"), if that holds for all and no
// two are the same; else 1, 2, 3, ... When calibrating, `warn` is told of listed pictures that are absent and of others that are not
// listed.
//   errors   kInvalidArgument: nothing is named, or annotations without one folder. kNotFound: a folder or a file is absent, or
//            without pictures. kMalformed, with file and entry: a name is missing or leaves the folder
Result<Dataset> open_dataset(const DataSource& source, DataUse use = DataUse::kDetect, const Warn& warn = {});

// The pictures in the folder of an annotated data set that its annotations do not list.
std::vector<std::filesystem::path> unlisted_pictures(const Dataset& dataset);

// The first `limit` images and their annotations; all if `limit` is 0 or larger than the data set.
Dataset first_images(Dataset dataset, std::int64_t limit);

// Those of the images that have annotations. kNotFound where none has, or the data set has no annotations.
Result<Dataset> annotated_images(Dataset dataset);

// `count` images drawn at random and kept in their order, with their annotations; all if `count` is 0 or larger than the
// data set. The same seed draws the same images on every machine.
Dataset random_subset(Dataset dataset, std::int64_t count, std::uint64_t seed);

}  // namespace octet
