#include "record/record.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/files.h"
#include "base/quoted_name.h"

// {"octet_record": 1, "version": "0.1.0", "cpu": ..., "isa": ..., "model": "../FP32/x.xml", "weights": "", "labels": "", "description": "",
//  "sources": [{"path": "../FP32/x.xml", "bytes": 1234, "sha256": "..."}, ...], "picture_folder": "../../coco/train2017",
//  "pictures": [{"path": "1.jpg", "bytes": ..., "sha256": ...}, ...], "options": {"precision": "FP32", ...}, "outputs": [...]}
namespace octet {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr int kForm = 1;
constexpr int kDeepest = 3;
constexpr std::size_t kLongestText = 4096;  // of a path on Linux
constexpr std::size_t kLargestFile = std::size_t{256} << 20;

Json to_json(const std::vector<RecordedFile>& files) {
  Json list = Json::array();
  for (const RecordedFile& file : files) list.push_back({{"path", file.path}, {"bytes", file.bytes}, {"sha256", file.sha256}});
  return list;
}

// Reads keys of an object. The first fault is kept, so that what reads can go on to the end.
class Reader {
 public:
  Reader(const Json& object, std::string place) : object_(object), place_(std::move(place)) {
    if (!object.is_object()) fail(place_, "is no object");
  }

  std::string text(const char* key) {
    const Json* value = find(key);
    if (value && !value->is_string()) fail(key, "is no text");
    if (failure_.ok() && value->get_ref<const std::string&>().size() > kLongestText) fail(key, "is too long");
    if (failure_.ok() && value->get_ref<const std::string&>().find('\0') != std::string::npos) fail(key, "holds a zero byte");
    return failure_.ok() ? value->get<std::string>() : std::string();
  }

  std::uint64_t whole_number(const char* key) {
    const Json* value = find(key);
    if (value && !value->is_number_unsigned()) fail(key, "is no whole number");
    return failure_.ok() ? value->get<std::uint64_t>() : 0;
  }

  std::vector<RecordedFile> files(const char* key) {
    const Json* value = find(key);
    if (value && !value->is_array()) fail(key, "is no list");
    std::vector<RecordedFile> files;
    for (std::size_t i = 0; failure_.ok() && i < value->size(); ++i) {
      Reader entry((*value)[i], fmt::format("{}[{}]", key, i));
      files.push_back({entry.text("path"), entry.whole_number("bytes"), entry.text("sha256")});
      entry.expect(files.back().sha256.empty() || is_digest(files.back().sha256), "sha256", "is no SHA-256");
      if (failure_.ok()) failure_ = entry.failure_;
    }
    return files;
  }

  std::map<std::string, std::string> texts(const char* key) {
    const Json* value = find(key);
    std::map<std::string, std::string> texts;
    if (!value) return texts;
    Reader entries(*value, key);
    if (entries.failure_.ok())
      for (const auto& [name, ignored] : value->items()) texts[name] = entries.text(name.c_str());
    if (failure_.ok()) failure_ = entries.failure_;
    return texts;
  }

  void expect(bool holds, std::string_view key, std::string_view fault) {
    if (!holds) fail(key, fault);
  }

  const Status& status() const { return failure_; }

 private:
  static bool is_digest(const std::string& text) {
    return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
  }

  // Null once there is a fault.
  const Json* find(const char* key) {
    if (!failure_.ok()) return nullptr;
    const auto found = object_.find(key);
    if (found == object_.end()) return fail(key, "is missing"), nullptr;
    return &*found;
  }

  void fail(std::string_view key, std::string_view fault) {
    if (!failure_.ok()) return;
    const std::string where = place_.empty() || place_ == key ? in_quotes(key) : fmt::format("{} of {}", in_quotes(key), place_);
    failure_ = Error{ErrorCode::kMalformed, fmt::format("{} {}", where, fault)};
  }

  const Json& object_;
  std::string place_;
  Status failure_;
};

bool lies_inside(const RecordedFile& file) { return path_inside("folder", file.path).ok(); }

bool is_plain_name(const RecordedFile& file) {
  return !file.path.empty() && file.path != "." && file.path != ".." && file.path.find('/') == std::string::npos;
}

Status check_form(const Json& json) {
  Reader root(json, "");
  const std::uint64_t form = root.whole_number("octet_record");
  if (!root.status().ok()) return Error{ErrorCode::kMalformed, "is no record of octet: " + root.status().error().message};
  if (form != kForm) return Error{ErrorCode::kUnsupported, fmt::format("is a record of form {}; this octet reads form {}", form, kForm)};
  return {};
}

}  // namespace

std::string format_record(const QuantizationRecord& record) {
  const Json json{{"octet_record", kForm},
                  {"version", record.version},
                  {"cpu", record.cpu},
                  {"isa", record.isa},
                  {"model", record.model},
                  {"weights", record.weights},
                  {"labels", record.labels},
                  {"description", record.description},
                  {"sources", to_json(record.sources)},
                  {"picture_folder", record.picture_folder},
                  {"pictures", to_json(record.pictures)},
                  {"options", record.options},
                  {"outputs", to_json(record.outputs)}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<QuantizationRecord> parse_record(std::string_view text) {
  // What nests deeper than a record does is dropped, and so misses.
  const auto is_shallow = [](int depth, Json::parse_event_t, const Json&) { return depth <= kDeepest; };
  const Json json = Json::parse(text, is_shallow, false);
  if (json.is_discarded()) return Error{ErrorCode::kMalformed, "is no record of octet: it is no JSON"};
  OCTET_RETURN_IF_ERROR(check_form(json));
  Reader root(json, "");
  QuantizationRecord record;
  record.version = root.text("version");
  record.cpu = root.text("cpu");
  record.isa = root.text("isa");
  record.model = root.text("model");
  record.weights = root.text("weights");
  record.labels = root.text("labels");
  record.description = root.text("description");
  record.sources = root.files("sources");
  record.picture_folder = root.text("picture_folder");
  record.pictures = root.files("pictures");
  record.options = root.texts("options");
  record.outputs = root.files("outputs");
  root.expect(!record.model.empty(), "model", "is empty");
  root.expect(!record.pictures.empty(), "pictures", "is empty");
  root.expect(std::ranges::all_of(record.pictures, lies_inside), "pictures", "names a file outside of their folder");
  root.expect(std::ranges::all_of(record.outputs, is_plain_name), "outputs", "holds what is no name of a file");
  OCTET_RETURN_IF_ERROR(root.status());
  return record;
}

Result<QuantizationRecord> read_record(const fs::path& path) {
  OCTET_ASSIGN(const std::string text, read_text(path, kLargestFile));
  auto record = parse_record(text);
  if (!record.ok()) return record.error().at(path.string());
  return record;
}

}  // namespace octet
