// mscoco_detection: COCO's instances_*.json.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "accuracy/annotations.h"
#include "data/coco_json.h"

namespace octet::accuracy {
namespace {

// COCO's categories that Pascal VOC has, with VOC's numbers.
constexpr std::array<std::pair<std::int64_t, int>, 20> kVocOfCoco{{{1, 15}, {2, 2},  {3, 7},   {4, 14},  {5, 1},   {6, 6},   {7, 19},
                                                                   {9, 4},  {16, 3}, {17, 8},  {18, 12}, {19, 13}, {20, 17}, {21, 10},
                                                                   {44, 5}, {62, 9}, {63, 18}, {64, 16}, {67, 11}, {72, 20}}};

struct CocoConversion {
  std::filesystem::path annotation_file, dataset_meta_file;
  bool use_full_label_map = false, has_background = false, sorts = true, sorts_by_size = false, converts_to_voc = false;

  Result<Annotations> operator()() const;

 private:
  using LabelOfCategory = std::map<std::int64_t, int>;
  Result<LabelOfCategory> read_labels(const CocoGroundTruth& truth, Annotations& annotations) const;
  void sort(std::vector<CocoImage>& images) const;
};

Result<CocoConversion::LabelOfCategory> CocoConversion::read_labels(const CocoGroundTruth& truth, Annotations& annotations) const {
  LabelOfCategory label_of;
  if (!dataset_meta_file.empty()) {
    OCTET_ASSIGN(annotations.labels, read_label_map(dataset_meta_file, has_background ? 1 : 0));
    for (const auto& [label, name] : annotations.labels) label_of.emplace(label, label);
    if (converts_to_voc) label_of = LabelOfCategory(kVocOfCoco.begin(), kVocOfCoco.end());
  } else {
    int place = has_background ? 1 : 0;
    for (const CocoCategory& category : truth.categories) {
      if (use_full_label_map && (category.id < 0 || category.id > INT32_MAX))
        return Error{ErrorCode::kMalformed, fmt::format("category {} has a number beyond any label", category.id)};
      const int label = use_full_label_map ? static_cast<int>(category.id) : place++;
      label_of.emplace(category.id, label);
      annotations.labels.emplace_back(label, category.name);
    }
  }
  if (has_background) std::erase_if(annotations.labels, [](const auto& entry) { return entry.first == 0; });
  return label_of;
}

void CocoConversion::sort(std::vector<CocoImage>& images) const {
  if (!sorts) return;
  if (sorts_by_size)
    std::ranges::stable_sort(images, {}, [](const CocoImage& image) { return std::pair(image.height, image.width); });
  else
    std::ranges::stable_sort(images, {}, &CocoImage::id);
}

Result<Annotations> CocoConversion::operator()() const {
  OCTET_ASSIGN(CocoGroundTruth truth, read_coco_annotations(annotation_file));
  Annotations annotations;
  annotations.converted = truth.images.size();
  OCTET_ASSIGN_AT(const LabelOfCategory label_of, read_labels(truth, annotations), annotation_file.string());

  std::unordered_map<std::int64_t, ImageBoxes> boxes;
  for (const CocoAnnotation& object : truth.annotations) {
    const auto label = label_of.find(object.category_id);
    if (label == label_of.end()) {
      if (converts_to_voc) continue;
      return Error{ErrorCode::kMalformed, fmt::format("{}: annotation {} is of category {}, which the label map lacks",
                                                      annotation_file.string(), object.id, object.category_id)};
    }
    const BoxLtwh& box = object.box;
    boxes[object.image_id].boxes.push_back(
        {box.left, box.top, box.left + box.width, box.top + box.height, 1, label->second, object.is_crowd});
  }

  std::vector<CocoImage> images(truth.images.begin(), truth.images.end());
  sort(images);
  for (const CocoImage& image : images)
    if (auto found = boxes.find(image.id); found != boxes.end()) annotations.images.push_back({image.file_name, std::move(found->second)});

  CocoSource source{std::move(truth), {}};
  for (const auto& [category, label] : label_of) source.category_of_label.emplace_back(label, category);
  if (dataset_meta_file.empty()) annotations.coco = std::move(source);
  return annotations;
}

}  // namespace

Result<Convert> make_coco_converter(Settings& settings, const Folders& folders) {
  constexpr std::array<std::string_view, 2> kSortKeys{"image_id", "image_size"};
  CocoConversion conversion;
  OCTET_ASSIGN(conversion.annotation_file, path_below(folders.source, settings.text("annotation_file")));
  if (settings.has("dataset_meta_file")) {
    OCTET_ASSIGN(conversion.dataset_meta_file, path_below(folders.source, settings.text("dataset_meta_file")));
  }
  conversion.use_full_label_map = settings.flag("use_full_label_map", false);
  conversion.has_background = settings.flag("has_background", false);
  conversion.sorts = settings.flag("sort_annotations", true);
  conversion.sorts_by_size = settings.choice("sort_key", kSortKeys) == kSortKeys[1];
  conversion.converts_to_voc = settings.flag("convert_COCO_to_VOC_labels", false);
  if (conversion.converts_to_voc && conversion.dataset_meta_file.empty())
    settings.fail("convert_COCO_to_VOC_labels", "needs a 'dataset_meta_file' with the labels");
  settings.ignore({"images_dir"});  // upstream looks there whether the images exist
  return Convert(conversion);
}

}  // namespace octet::accuracy
