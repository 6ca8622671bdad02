// voc_detection: Pascal VOC, a list of names and an XML file an image. syg_detection is the same with other classes.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <pugixml.hpp>
#include <sstream>

#include "accuracy/annotations.h"
#include "base/files.h"
#include "base/parse_number.h"
#include "data/xml_text.h"

namespace octet::accuracy {
namespace {

using Labels = std::vector<std::pair<int, std::string>>;

constexpr std::array<std::string_view, 20> kVocClasses{
    "aeroplane",   "bicycle", "bird",  "boat",      "bottle", "bus",         "car",   "cat",  "chair", "cow",
    "diningtable", "dog",     "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"};
constexpr std::array<std::string_view, 4> kSygClasses{"motor", "truck", "bus", "car"};

constexpr std::size_t kMaxListBytes = std::size_t{64} << 20, kMaxXmlBytes = std::size_t{4} << 20;

struct VocConversion {
  std::filesystem::path imageset_file, annotations_dir, dataset_meta_file;
  bool has_background = true;
  std::span<const std::string_view> classes;

  Result<Annotations> operator()() const;

 private:
  Result<Labels> labels() const;
};

Result<Labels> VocConversion::labels() const {
  int label = has_background ? 1 : 0;
  if (!dataset_meta_file.empty()) return read_label_map(dataset_meta_file, label);
  Labels labels;
  for (const std::string_view name : classes) labels.emplace_back(label++, name);
  return labels;
}

// Corners of VOC count from 1.
Result<double> read_corner(const pugi::xml_node& box, const char* name) {
  const auto corner = parse_number<double>(box.child_value(name));
  if (!corner || !std::isfinite(*corner)) return Error{ErrorCode::kMalformed, fmt::format("a 'bndbox' lacks the number '{}'", name)};
  return *corner - 1;
}

Result<Box> read_object(const pugi::xml_node& object, const Labels& labels) {
  const std::string name = object.child_value("name");
  const auto label = std::ranges::find(labels, name, &std::pair<int, std::string>::second);
  if (label == labels.end())
    return Error{ErrorCode::kMalformed, fmt::format("an object is a '{}', which is no class of the data set", name)};
  Box box{.label = label->first};
  const pugi::xml_node corners = object.child("bndbox");
  OCTET_ASSIGN(box.x0, read_corner(corners, "xmin"));
  OCTET_ASSIGN(box.y0, read_corner(corners, "ymin"));
  OCTET_ASSIGN(box.x1, read_corner(corners, "xmax"));
  OCTET_ASSIGN(box.y1, read_corner(corners, "ymax"));
  return box;
}

Result<AnnotatedImage> read_image(const std::string& xml, const Labels& labels) {
  OCTET_ASSIGN(const pugi::xml_document document, parse_xml(xml));
  const pugi::xml_node root = document.document_element();
  AnnotatedImage image{root.child_value("filename"), {}};
  if (image.file_name.empty()) return Error{ErrorCode::kMalformed, "lacks the element 'filename'"};
  for (const pugi::xml_node& object : root.children("object")) {
    OCTET_ASSIGN(const Box box, read_object(object, labels));
    if (std::string_view(object.child_value("difficult")) == "1") image.truth.difficult.push_back(image.truth.boxes.size());
    image.truth.boxes.push_back(box);
  }
  return image;
}

Result<Annotations> VocConversion::operator()() const {
  Annotations annotations;
  OCTET_ASSIGN(const Labels all, labels());
  OCTET_ASSIGN(const std::string list, read_text(imageset_file, kMaxListBytes));
  std::istringstream names(list);
  for (std::string name; names >> name; ++annotations.converted) {
    OCTET_ASSIGN_AT(const auto path, path_inside(annotations_dir, name + ".xml"), imageset_file.string());
    OCTET_ASSIGN(const std::string xml, read_text(path, kMaxXmlBytes));
    OCTET_ASSIGN_AT(AnnotatedImage image, read_image(xml, all), path.string());
    annotations.images.push_back(std::move(image));
  }
  annotations.labels = all;
  if (has_background) std::erase_if(annotations.labels, [](const auto& entry) { return entry.first == 0; });
  return annotations;
}

Result<Convert> make(Settings& settings, const Folders& folders, std::span<const std::string_view> classes) {
  VocConversion conversion{.imageset_file = {}, .annotations_dir = {}, .dataset_meta_file = {}, .classes = classes};
  OCTET_ASSIGN(conversion.imageset_file, path_below(folders.source, settings.text("imageset_file")));
  OCTET_ASSIGN(conversion.annotations_dir, path_below(folders.source, settings.text("annotations_dir")));
  if (settings.has("dataset_meta_file")) {
    OCTET_ASSIGN(conversion.dataset_meta_file, path_below(folders.source, settings.text("dataset_meta_file")));
  }
  conversion.has_background = settings.flag("has_background", true);
  settings.ignore({"images_dir"});  // upstream looks there whether the images exist
  return Convert(conversion);
}

}  // namespace

Result<Convert> make_voc_converter(Settings& settings, const Folders& folders) { return make(settings, folders, kVocClasses); }
Result<Convert> make_syg_converter(Settings& settings, const Folders& folders) { return make(settings, folders, kSygClasses); }

}  // namespace octet::accuracy
