#pragma once

#include <filesystem>
#include <span>
#include <string_view>

#include "base/progress.h"
#include "base/result.h"
#include "boxes/detection.h"

// Annotations in other forms than COCO's. Each form has a file here and a line in label_format.cc.
namespace octet {

struct LabelledPictures {
  std::filesystem::path image_folder;  // that the file names are relative to
  CocoGroundTruth truth;               // ids from 1: of categories in the order of the format, of images by name, of annotations by image
};

struct LabelFormat {
  std::string_view name, description;
  bool (*is_in)(const std::filesystem::path& folder);
  // `part` is "val", "train" or "test". `warn` is told what has no equal in COCO's form.
  Result<LabelledPictures> (*read)(const std::filesystem::path& folder, std::string_view part, const Warn& warn);
};

std::span<const LabelFormat> label_formats();

// By its name, or, where that is empty, the one that lies in `folder`. kInvalidArgument for a name that is none, kNotFound where none is
// there.
Result<const LabelFormat*> find_label_format(const std::filesystem::path& folder, std::string_view name = {});

// Ultralytics: data.yaml with a folder or a list of pictures, files of the same name below labels/ for images/, a line an object: class,
// centre, size, as fractions, or class and the corners of a polygon. Darknet: obj.data with lists of classes and pictures, labels beside
// the pictures.
bool is_yolo(const std::filesystem::path& folder);
Result<LabelledPictures> read_yolo(const std::filesystem::path& folder, std::string_view part, const Warn& warn);

// Pascal VOC: Annotations/NAME.xml, JPEGImages/, ImageSets/Main/val.txt; without a list, every file of Annotations. Corners count pixels
// from 1, and both are inside the box. Objects that are difficult, which count neither way in VOC, become crowds, in which COCO's boxes do;
// metric.h's VOC takes crowds for difficult.
bool is_voc(const std::filesystem::path& folder);
Result<LabelledPictures> read_voc(const std::filesystem::path& folder, std::string_view part, const Warn& warn);

// OpenImages: PART-annotations-bbox.csv, PART-...-imagelabels.csv, class-descriptions.csv and hierarchy.json, as they are published, and a
// folder with the pictures of the part. Objects and labels are those of the classes above as well, labels of what is not there of those
// below, as the challenge's metric has it; groups become crowds. Pictures that are not there are left out.
bool is_openimages(const std::filesystem::path& folder);
Result<LabelledPictures> read_openimages(const std::filesystem::path& folder, std::string_view part, const Warn& warn);

// CVAT for images: annotations.xml, pictures in images/ or beside it. Where pictures are of subsets, those of the part. Boxes and polygons
// are read, turned ones become the upright boxes around them. Its exports in COCO's form are a layout of layout.h.
bool is_cvat(const std::filesystem::path& folder);
Result<LabelledPictures> read_cvat(const std::filesystem::path& folder, std::string_view part, const Warn& warn);

// Label Studio's JSON (not JSON-MIN), one file, and the pictures below the folder, by the names of files, with or without the hash of an
// upload. Boxes and polygons are read, turned ones become the upright boxes around them; categories in the order in which they appear. All
// of it is one part.
bool is_label_studio(const std::filesystem::path& folder);
Result<LabelledPictures> read_label_studio(const std::filesystem::path& folder, std::string_view part, const Warn& warn);

}  // namespace octet
