#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <sstream>
#include <vector>

#include <fmt/format.h>

#include "base/files.h"
#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "data/labels/box_around.h"
#include "data/labels/label_format.h"
#include "data/list_pictures.h"
#include "data/words.h"
#include "image/decode.h"
#include "model/yaml.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostLabelBytes = std::size_t{16} << 20;
constexpr double kGreatestNumber = 1e6;  // of a fraction of a picture, or a class

struct DataYaml {
  fs::path pictures;               // folder of the part
  std::vector<std::string> names;  // by class index
};

// A list, or a map from the indices 0, 1, 2 ... to names.
Result<std::vector<std::string>> names_of(const YAML::Node& node) {
  if (!node.IsSequence() && !node.IsMap()) return yaml_error(node, "'names' is no list of names");
  std::vector<std::string> names(node.size());
  std::size_t next = 0;
  for (const auto& entry : node) {
    const YAML::Node& name = node.IsMap() ? entry.second : entry;
    const auto index = node.IsMap() ? parse_number<std::size_t>(entry.first.Scalar()) : std::optional(next++);
    if (!index || *index >= names.size() || !names[*index].empty() || !name.IsScalar() || name.Scalar().empty())
      return yaml_error(name, "'names' does not give each of the numbers from 0 on one name");
    names[*index] = name.Scalar();
  }
  return names;
}

// As Ultralytics has it: relative to 'path', which is relative to the file.
Result<DataYaml> read_data_yaml(const fs::path& folder, std::string_view part) {
  const fs::path file = folder / "data.yaml";
  OCTET_ASSIGN(const YAML::Node root, load_yaml_file(file));
  if (!root.IsMap() || !root["names"]) return Error{ErrorCode::kMalformed, file.string() + ": lacks 'names', the list of classes"};
  DataYaml data;
  OCTET_ASSIGN_AT(data.names, names_of(root["names"]), file.string());
  const YAML::Node path = root["path"], pictures = root[std::string(part)];
  if (!pictures || !pictures.IsScalar() || fs::path(pictures.Scalar()).extension() == ".txt")
    return Error{ErrorCode::kUnsupported,
                 fmt::format("{}: '{}' names no folder of pictures; lists of files are not read", file.string(), part)};
  data.pictures = folder / (path && path.IsScalar() ? path.Scalar() : "") / pictures.Scalar();
  std::error_code ignored;
  // Published files name a place on their author's machine, and lie beside what they name.
  if (!fs::is_directory(data.pictures, ignored)) data.pictures = folder / pictures.Scalar();
  return data;
}

// The last folder "images" becomes "labels".
fs::path label_file_of(const fs::path& picture) {
  std::vector<fs::path> steps(picture.begin(), picture.end());
  const auto last = std::find(steps.rbegin(), steps.rend(), fs::path("images"));
  if (last != steps.rend()) *last = "labels";
  fs::path file;
  for (const fs::path& step : steps) file /= step;
  return file.replace_extension(".txt");
}

struct LabelLine {
  std::size_t class_index = 0;
  BoxLtwh box;  // fractions of the picture
};

Result<LabelLine> parse_line(const std::string& line, std::size_t class_count) {
  std::istringstream words(line);
  std::vector<double> numbers;
  for (std::string word; words >> word;) {
    const auto number = parse_number<double>(word);
    if (!number || !std::isfinite(*number)) return Error{ErrorCode::kMalformed, in_quotes(word) + " is no number"};
    if (std::abs(*number) > kGreatestNumber) return Error{ErrorCode::kMalformed, in_quotes(word) + " is no fraction of a picture"};
    numbers.push_back(*number);
  }
  if (numbers.size() < 5 || numbers.size() % 2 == 0)
    return Error{ErrorCode::kMalformed,
                 fmt::format("has {} numbers, expected a class and centre and size, or a class and a polygon", numbers.size())};
  if (numbers[0] < 0 || numbers[0] != std::floor(numbers[0]) || numbers[0] >= static_cast<double>(class_count))
    return Error{ErrorCode::kMalformed, fmt::format("has the class {:g}, and 'names' has {}", numbers[0], class_count)};
  LabelLine label{static_cast<std::size_t>(numbers[0]), {}};
  const std::span<const double> place = std::span(numbers).subspan(1);
  if (place.size() > 4)
    label.box = box_around(place);
  else if (place[2] < 0 || place[3] < 0)
    return Error{ErrorCode::kMalformed, fmt::format("has the size {:g} x {:g}, expected none below 0", place[2], place[3])};
  else
    label.box = {place[0] - place[2] / 2, place[1] - place[3] / 2, place[2], place[3]};
  return label;
}

Status read_labels(const fs::path& file, const CocoImage& image, LabelledPictures& labelled) {
  OCTET_ASSIGN(const std::string text, read_text(file, kMostLabelBytes));
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    OCTET_ASSIGN_AT(const LabelLine label, parse_line(line, labelled.truth.categories.size()), fmt::format("{}:{}", file.string(), number));
    const BoxLtwh box{label.box.left * image.width, label.box.top * image.height, label.box.width * image.width,
                      label.box.height * image.height};
    auto& annotations = labelled.truth.annotations;
    CocoCategory& category = labelled.truth.categories[label.class_index];
    annotations.push_back({static_cast<std::int64_t>(annotations.size()) + 1, image.id, category.id, box, box.area(), false});
    ++category.annotations;
  }
  return {};
}

}  // namespace

bool is_yolo(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_regular_file(folder / "data.yaml", ignored);
}

Result<LabelledPictures> read_yolo(const fs::path& folder, std::string_view part, const Warn& warn) {
  OCTET_ASSIGN(const DataYaml data, read_data_yaml(folder, part));
  LabelledPictures labelled{data.pictures.lexically_normal(), {}};
  for (const std::string& name : data.names)
    labelled.truth.categories.push_back({static_cast<std::int64_t>(labelled.truth.categories.size()) + 1, name});
  OCTET_ASSIGN(const FolderListing listing, list_pictures(labelled.image_folder));
  std::int64_t without = 0;
  for (const fs::path& name : listing.pictures) {
    const fs::path path = labelled.image_folder / name;
    OCTET_ASSIGN(const MappedFile file, MappedFile::open(path));
    OCTET_ASSIGN_AT(const ImageSize size, image_size(file.bytes()), path.string());
    const auto id = static_cast<std::int64_t>(labelled.truth.images.size()) + 1;
    labelled.truth.images.push_back({id, name.string(), size.width, size.height});
    const fs::path labels = label_file_of(path);
    std::error_code ignored;
    if (fs::exists(labels, ignored))
      OCTET_RETURN_IF_ERROR(read_labels(labels, labelled.truth.images.back(), labelled));
    else
      ++without;
  }
  if (without > 0 && warn)
    warn(fmt::format("{}: {} have no file of labels and are taken for empty", labelled.image_folder.string(), counted(without, "picture")));
  return labelled;
}

}  // namespace octet
