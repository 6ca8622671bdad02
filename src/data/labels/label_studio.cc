#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/quoted_name.h"
#include "data/labels/box_around.h"
#include "data/labels/label_format.h"
#include "data/list_pictures.h"
#include "data/words.h"

namespace octet {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr double kLargestSide = 1 << 20;
constexpr double kFarthest = 1e9;  // of any number, so that areas are finite

// Null where there is none.
const Json& member(const Json& object, const char* name) {
  static const Json kNone;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNone;
}

bool is_true(const Json& value) { return value.is_boolean() && value.get<bool>(); }

bool is_coordinate(const Json& value) { return value.is_number() && std::abs(value.get<double>()) <= kFarthest; }

Result<double> read_number(const Json& object, const char* name) {
  const Json& value = member(object, name);
  if (!is_coordinate(value)) return Error{ErrorCode::kMalformed, fmt::format("lacks the number '{}'", name)};
  return value.get<double>();
}

Result<double> read_side(const Json& result, const char* name) {
  OCTET_ASSIGN(const double side, read_number(result, name));
  if (side < 1 || side > kLargestSide)
    return Error{ErrorCode::kMalformed, fmt::format("'{}' is {:g}, expected 1 to {:g}", name, side, kLargestSide)};
  return side;
}

// In percent of the picture, as everything in a task. A picture is turned in pixels, hence the sides.
Result<BoxLtwh> read_rectangle(const Json& value, double width, double height) {
  OCTET_ASSIGN(const double x, read_number(value, "x"));
  OCTET_ASSIGN(const double y, read_number(value, "y"));
  OCTET_ASSIGN(const double w, read_number(value, "width"));
  OCTET_ASSIGN(const double h, read_number(value, "height"));
  if (w < 0 || h < 0) return Error{ErrorCode::kMalformed, fmt::format("has the size {:g} x {:g}, expected none below 0", w, h)};
  double degrees = 0;
  if (!member(value, "rotation").is_null()) {
    OCTET_ASSIGN(degrees, read_number(value, "rotation"));
  }
  const BoxLtwh box{x * width / 100, y * height / 100, w * width / 100, h * height / 100};
  return box_around_turned(box, degrees, box.left, box.top);
}

Result<BoxLtwh> read_polygon(const Json& value, double width, double height) {
  std::vector<double> corners;
  for (const Json& point : member(value, "points")) {
    if (!point.is_array() || point.size() != 2 || !is_coordinate(point[0]) || !is_coordinate(point[1]))
      return Error{ErrorCode::kMalformed, "has a point that is no [x, y]"};
    corners.push_back(point[0].get<double>() * width / 100);
    corners.push_back(point[1].get<double>() * height / 100);
  }
  if (corners.empty()) return Error{ErrorCode::kMalformed, "has no 'points'"};
  return box_around(corners);
}

// "%20" as what it stands for.
std::string decoded(std::string_view address) {
  std::string text;
  for (std::size_t i = 0; i < address.size(); ++i) {
    unsigned byte = 0;
    const char* const begin = address.data() + i + 1;
    const bool is_coded = address[i] == '%' && i + 2 < address.size() && std::from_chars(begin, begin + 2, byte, 16).ptr == begin + 2;
    text += is_coded ? static_cast<char>(byte) : address[i];
    i += is_coded ? 2 : 0;
  }
  return text;
}

// The place of a file in an address, steps apart by slashes: behind ?d= where files of the server are shared.
std::string place_in(std::string address) {
  if (const std::size_t at = address.find("?d="); at != std::string::npos)
    address.erase(0, at + 3);
  else
    address = address.substr(0, address.find('?'));
  address = decoded(address);
  std::ranges::replace(address, '\\', '/');
  return address;
}

std::string name_of(const std::string& place) { return place.substr(place.rfind('/') + 1); }

// Uploaded files have eight digits of a hash and a dash before their name.
std::string without_hash(const std::string& place) {
  constexpr std::size_t kDigits = 8;
  const std::string name = name_of(place);
  const bool has_hash = name.size() > kDigits + 1 && name[kDigits] == '-' && name.find_first_not_of("0123456789abcdef") == kDigits;
  return has_hash ? place.substr(0, place.size() - name.size()) + name.substr(kDigits + 1) : place;
}

class LabelStudioReader {
 public:
  explicit LabelStudioReader(LabelledPictures& labelled) : labelled_(labelled), truth_(labelled.truth) {}

  Status list_images() {
    OCTET_ASSIGN(const FolderListing listing, list_pictures(labelled_.image_folder));
    for (const fs::path& name : listing.pictures) paths_of_[name.filename().string()].push_back(name.string());
    return {};
  }

  Status read(const Json& tasks, const Warn& warn) {
    for (std::size_t i = 0; i < tasks.size(); ++i)
      if (const Status status = read_task(tasks[i]); !status.ok()) return status.error().at(fmt::format("task {}", i));
    if (!warn) return {};
    if (absent_ > 0) warn(fmt::format("leaves out {} that {} lacks", counted(absent_, "picture"), labelled_.image_folder.string()));
    if (unannotated_ > 0) warn(fmt::format("leaves out {} that nobody has annotated", counted(unannotated_, "picture")));
    if (several_ > 0) warn(fmt::format("takes one annotation of {} with several", counted(several_, "task")));
    if (more_labels_ > 0) warn(fmt::format("takes the first class of {} with several", counted(more_labels_, "object")));
    if (left_out_ > 0) warn(fmt::format("leaves out {}: boxes and polygons with a class are read", counted(left_out_, "label")));
    return {};
  }

 private:
  Status read_task(const Json& task) {
    OCTET_ASSIGN(const std::string place, place_of_picture(member(task, "data")));
    OCTET_ASSIGN(const std::string path, find_picture(paths_of_.contains(name_of(place)) ? place : without_hash(place)));
    if (path.empty()) {
      ++absent_;
      return {};
    }
    const Json* annotation = chosen_annotation(task);
    if (!annotation) {
      ++unannotated_;
      return {};
    }
    picture_ = {static_cast<std::int64_t>(truth_.images.size()) + 1, path};
    const Json& results = member(*annotation, "result");
    classes_apart_.clear();
    for (const Json& result : results)
      if (member(result, "type") == "labels") classes_apart_.insert(member(result, "id"));
    for (const Json& result : results)
      if (const Status status = read_result(result); !status.ok()) return status.error().at(in_quotes(name_of(place)));
    truth_.images.push_back(picture_);
    return {};
  }

  // Of several of one name, that which the place ends with; empty where there is none.
  Result<std::string> find_picture(const std::string& place) const {
    const auto found = paths_of_.find(name_of(place));
    if (found == paths_of_.end()) return std::string();
    const std::vector<std::string>& paths = found->second;
    if (paths.size() == 1) return paths[0];
    const std::string* longest = nullptr;
    for (const std::string& path : paths)
      if (("/" + place).ends_with("/" + path) && (!longest || path.size() > longest->size())) longest = &path;
    if (longest) return *longest;
    return Error{ErrorCode::kMalformed, fmt::format("{} may be {} or {}", in_quotes(place), paths[0], paths[1])};
  }

  // The one text of `data` that names a picture; "image" where there are several.
  static Result<std::string> place_of_picture(const Json& data) {
    const Json* chosen = &member(data, "image");
    if (!chosen->is_string() && data.is_object())
      for (const Json& value : data)
        if (!chosen->is_string() && value.is_string()) chosen = &value;
    if (!chosen->is_string())
      return Error{ErrorCode::kMalformed, "has no 'data' with the picture's address; export it as JSON, not JSON-MIN"};
    return place_in(chosen->get<std::string>());
  }

  // That which counts as the truth, else the first that was not cancelled; null where nobody has looked at the picture yet.
  const Json* chosen_annotation(const Json& task) {
    const Json* chosen = nullptr;
    std::int64_t count = 0;
    for (const Json& annotation : member(task, "annotations")) {
      if (is_true(member(annotation, "was_cancelled"))) continue;
      ++count;
      if (!chosen || (is_true(member(annotation, "ground_truth")) && !is_true(member(*chosen, "ground_truth")))) chosen = &annotation;
    }
    several_ += count > 1;
    return chosen;
  }

  // Where an interface has shapes and classes apart, what has the class has the shape as well.
  Status read_result(const Json& result) {
    const Json &value = member(result, "value"), &type = member(result, "type");
    const std::string kind = type.is_string() ? type.get<std::string>() : "";
    const bool is_apart = kind == "labels", is_rectangle = kind == "rectanglelabels" || (is_apart && value.contains("width"));
    if (!is_rectangle && kind != "polygonlabels" && !(is_apart && value.contains("points"))) {
      const bool is_shape_of_class = classes_apart_.contains(member(result, "id"));
      left_out_ += kind == "relation" || (is_shape_of_class && !is_apart) ? 0 : 1;
      return {};
    }
    const Json& labels = member(value, kind.c_str());
    if (!labels.is_array() || labels.empty() || !labels[0].is_string()) {
      ++left_out_;  // drawn, and not named
      return {};
    }
    more_labels_ += labels.size() > 1;
    OCTET_ASSIGN(const double width, read_side(result, "original_width"));
    OCTET_ASSIGN(const double height, read_side(result, "original_height"));
    OCTET_ASSIGN(const BoxLtwh box, is_rectangle ? read_rectangle(value, width, height) : read_polygon(value, width, height));
    picture_.width = static_cast<int>(width);
    picture_.height = static_cast<int>(height);
    truth_.annotations.push_back({static_cast<std::int64_t>(truth_.annotations.size()) + 1, picture_.id,
                                  category_of(labels[0].get<std::string>()), box, box.area(), false});
    return {};
  }

  std::int64_t category_of(const std::string& name) {
    auto found = std::ranges::find(truth_.categories, name, &CocoCategory::name);
    if (found == truth_.categories.end())
      found = truth_.categories.insert(found, {static_cast<std::int64_t>(truth_.categories.size()) + 1, name});
    ++found->annotations;
    return found->id;
  }

  LabelledPictures& labelled_;
  CocoGroundTruth& truth_;
  CocoImage picture_;                                         // of the task
  std::map<std::string, std::vector<std::string>> paths_of_;  // of pictures, by their file names
  std::set<Json> classes_apart_;                              // of the task, the ids of results that are classes of shapes
  std::int64_t absent_ = 0, unannotated_ = 0, several_ = 0, left_out_ = 0, more_labels_ = 0;
};

// An array of tasks. The keys of the first may stand behind a long list of points.
bool is_export(const fs::path& file) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  const auto mapped = MappedFile::open(file);
  if (!mapped.ok()) return false;
  std::string_view text(reinterpret_cast<const char*>(mapped->bytes().data()), mapped->bytes().size());
  if (text.starts_with(kMark)) text.remove_prefix(kMark.size());
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && text[begin] == '[' && text.find("\"data\"") != std::string_view::npos &&
         text.find("\"annotations\"") != std::string_view::npos;
}

// The exports in a folder, by name.
std::vector<fs::path> exports_in(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".json" && is_export(entry.path())) files.push_back(entry.path());
  std::ranges::sort(files);
  return files;
}

}  // namespace

bool is_label_studio(const fs::path& folder) { return !exports_in(folder).empty(); }

Result<LabelledPictures> read_label_studio(const fs::path& folder, std::string_view, const Warn& warn) {
  const std::vector<fs::path> files = exports_in(folder);
  if (files.size() != 1)
    return Error{ErrorCode::kNotFound, fmt::format("{}: has {} with tasks of Label Studio (\"data\", \"annotations\"), expected 1",
                                                   folder.string(), counted(files.size(), "JSON file"))};
  OCTET_ASSIGN(const std::string text, read_text(files[0], kMostBytes));
  const Json tasks = Json::parse(text, nullptr, false);
  if (!tasks.is_array()) return Error{ErrorCode::kMalformed, files[0].string() + ": is no JSON array"};
  LabelledPictures labelled{folder, {}};
  LabelStudioReader reader(labelled);
  OCTET_RETURN_IF_ERROR(reader.list_images());
  const Warn warn_of_file = warn ? Warn([&](std::string_view words) { warn(fmt::format("{}: {}", files[0].string(), words)); }) : Warn();
  if (const Status status = reader.read(tasks, warn_of_file); !status.ok()) return status.error().at(files[0].string());
  return labelled;
}

}  // namespace octet
