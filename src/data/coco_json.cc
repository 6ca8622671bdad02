#include "data/coco_json.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/parallel.h"
#include "base/quoted_name.h"
#include "base/scratch_vector.h"
#include "data/file_text.h"
#include "data/json_records.h"

namespace octet {
namespace {

constexpr int kLargestSide = 1 << 20;  // of an image, in pixels
constexpr std::string_view kAbsentIds = "neg_category_ids", kPartlyIds = "not_exhaustive_category_ids";
constexpr std::array<std::string_view, 3> kFrequencyLetters = {"r", "c", "f"};  // by CategoryFrequency, from kRare on

Result<BoxLtwh> read_box(const JsonRecord& record) {
  OCTET_ASSIGN(const std::span<const double> numbers, record.numbers("bbox", 4));
  return BoxLtwh{numbers[0], numbers[1], numbers[2], numbers[3]};
}

Result<int> read_side(const JsonRecord& record, std::string_view field) {
  if (!record.has(field)) return 0;
  OCTET_ASSIGN(const std::int64_t side, record.integer(field));
  if (side < 0 || side > kLargestSide)
    return Error{ErrorCode::kMalformed, fmt::format("'{}' is {}, expected 0 to {}", field, side, kLargestSide)};
  return static_cast<int>(side);
}

// "val2017/000000397133.jpg" of an address at COCO's, by which LVIS names its images; empty for another.
std::string name_in_coco(const std::string& address) {
  constexpr std::string_view kHost = "://images.cocodataset.org/";
  const std::size_t at = address.find(kHost);
  return at == std::string::npos ? std::string() : address.substr(at + kHost.size());
}

Result<CocoImage> read_image_entry(const JsonRecord& record) {
  CocoImage image;
  OCTET_ASSIGN(image.id, record.integer("id"));
  if (record.has("file_name")) {
    OCTET_ASSIGN(image.file_name, record.text("file_name"));
  } else if (record.has("coco_url")) {
    OCTET_ASSIGN(const std::string address, record.text("coco_url"));
    image.file_name = name_in_coco(address);
  }
  OCTET_ASSIGN(image.width, read_side(record, "width"));
  OCTET_ASSIGN(image.height, read_side(record, "height"));
  return image;
}

// Who took a picture, and under which licence: names of licences by id, and the licence of each image until all are known, as the sections
// stand in any order. A licence of another form than COCO's costs the credit alone.
class Credits {
 public:
  void add_licence(const JsonRecord& record) {
    const auto id = record.integer("id");
    const auto name = record.text("name");
    if (id.ok() && name.ok()) names_[*id] = *name;
  }

  void note(const JsonRecord& record) {
    const auto url = record.text("flickr_url");
    urls_.push_back(url.ok() ? *url : std::string());
    const auto licence = record.integer("license");
    licences_.push_back(licence.ok() ? *licence : kNoLicence);
  }

  // Of the images, in their order.
  TextColumn credits() const {
    TextColumn credits;
    for (std::size_t i = 0; i < urls_.size(); ++i) {
      std::string credit(urls_[i]);
      if (const auto name = names_.find(licences_[i]); name != names_.end()) credit += (credit.empty() ? "" : ", ") + name->second;
      credits.push_back(credit);
    }
    return credits;
  }

 private:
  static constexpr std::int64_t kNoLicence = std::numeric_limits<std::int32_t>::min();

  std::map<std::int64_t, std::string> names_;
  TextColumn urls_;  // of each image
  IntegerColumn licences_;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

Result<CategoryFrequency> read_frequency(const JsonRecord& record) {
  if (!record.has("frequency")) return CategoryFrequency::kUnknown;
  OCTET_ASSIGN(const std::string letter, record.text("frequency"));
  const auto known = std::ranges::find(kFrequencyLetters, letter);
  if (known == kFrequencyLetters.end())
    return Error{ErrorCode::kMalformed, fmt::format("'frequency' is {}, expected r, c or f", in_quotes(letter))};
  return static_cast<CategoryFrequency>(known - kFrequencyLetters.begin() + 1);
}

Result<CocoCategory> read_category(const JsonRecord& record) {
  CocoCategory category;
  OCTET_ASSIGN(category.id, record.integer("id"));
  if (record.has("name")) {
    OCTET_ASSIGN(const std::string name, record.text("name"));
    category.name = trimmed(name);
  }
  if (category.name.empty()) category.name = std::to_string(category.id);
  OCTET_ASSIGN(category.frequency, read_frequency(record));
  return category;
}

Result<std::vector<std::int64_t>> read_ids(const JsonRecord& record, std::string_view field) {
  if (!record.has(field)) return std::vector<std::int64_t>();
  return record.integers(field);
}

// Adds what LVIS knows of an image; nothing of an image of COCO.
Status read_verification(const JsonRecord& record, CocoGroundTruth& truth) {
  if (!record.has(kAbsentIds) && !record.has(kPartlyIds)) return {};
  CocoVerification verification{.image_id = truth.images.back().id, .absent = {}, .partly = {}};
  OCTET_ASSIGN(verification.absent, read_ids(record, kAbsentIds));
  OCTET_ASSIGN(verification.partly, read_ids(record, kPartlyIds));
  truth.verifications.push_back(std::move(verification));
  return {};
}

Result<CocoAnnotation> read_annotation(const JsonRecord& record) {
  CocoAnnotation annotation;
  OCTET_ASSIGN(annotation.id, record.integer("id"));
  OCTET_ASSIGN(annotation.image_id, record.integer("image_id"));
  OCTET_ASSIGN(annotation.category_id, record.integer("category_id"));
  OCTET_ASSIGN(annotation.box, read_box(record));
  if (annotation.box.width < 0 || annotation.box.height < 0)
    return Error{ErrorCode::kMalformed,
                 fmt::format("'bbox' has the size {} x {}, expected none below 0", annotation.box.width, annotation.box.height)};
  annotation.area = annotation.box.area();
  if (record.has("area")) {
    OCTET_ASSIGN(annotation.area, record.number("area"));
    if (annotation.area < 0) return Error{ErrorCode::kMalformed, fmt::format("'area' is {}, expected none below 0", annotation.area)};
  }
  if (record.has("iscrowd")) {
    OCTET_ASSIGN(annotation.is_crowd, record.flag("iscrowd"));
  }
  return annotation;
}

Result<CocoResult> read_result(const JsonRecord& record) {
  CocoResult result;
  OCTET_ASSIGN(result.image_id, record.integer("image_id"));
  OCTET_ASSIGN(result.category_id, record.integer("category_id"));
  OCTET_ASSIGN(result.box, read_box(record));
  OCTET_ASSIGN(result.score, record.number("score"));
  return result;
}

template <typename Entry, typename List>
Status add(Result<Entry> entry, List& list) {
  if (!entry.ok()) return entry.error();
  list.push_back(std::move(*entry));
  return {};
}

// Names the first entry whose id one before it has. Sorts where ids do not rise, which takes less memory than a table of them.
template <typename List>
Status expect_unique_ids(std::string_view section, const List& list) {
  using IdAndRow = std::pair<std::int64_t, std::size_t>;
  ScratchVector<IdAndRow> entries;
  for (const auto& entry : list) entries.emplace_back(entry.id, entries.size());
  if (!std::ranges::is_sorted(entries)) std::ranges::sort(entries);
  const IdAndRow* first = nullptr;
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].first == entries[i - 1].first && (!first || entries[i].second < first->second)) first = &entries[i];
  if (!first) return {};
  return Error{ErrorCode::kMalformed,
               fmt::format("{}[{}]: 'id' is {}, which an entry before it has", section, first->second, first->first)};
}

void count_annotations(CocoGroundTruth& truth) {
  std::unordered_map<std::int64_t, std::int64_t> count_of;
  for (const CocoAnnotation& annotation : truth.annotations) ++count_of[annotation.category_id];
  for (CocoCategory& category : truth.categories) category.annotations = count_of[category.id];
}

bool is_finite(const CocoResult& result) {
  return std::isfinite(result.score) && std::isfinite(result.box.left) && std::isfinite(result.box.top) &&
         std::isfinite(result.box.width) && std::isfinite(result.box.height);
}

JsonSchema schema_of_results() { return {.sections = {}, .fields = {"image_id", "category_id", "bbox", "score"}}; }

// Adds every record to `results`.
JsonVisitor keep_in(std::vector<CocoResult>& results) {
  return [&results](std::string_view, std::size_t, const JsonRecord& record) -> Status {
    OCTET_ASSIGN(const CocoResult result, read_result(record));
    results.push_back(result);
    return {};
  };
}

Result<std::vector<CocoResult>> read_results(std::string_view text) {
  std::vector<CocoResult> results;
  OCTET_RETURN_IF_ERROR(parse_json_records(text, schema_of_results(), keep_in(results)));
  return results;
}

struct ResultPart {
  std::size_t begin = 0, end = 0;
  std::vector<CocoResult> results{};
  bool is_whole = false;  // read to where the next part begins
};

// Few results are written shorter. Memory that is reserved and not touched costs nothing, one that grows is touched twice.
constexpr std::size_t kLeastResultBytes = 64;

std::vector<ResultPart> divide(std::string_view text) {
  constexpr std::size_t kPartBytes = std::size_t{1} << 22;
  std::vector<ResultPart> parts;
  for (std::size_t begin = 0; begin < text.size(); begin = parts.back().end)
    parts.push_back({begin, likely_record(text, std::min(begin + kPartBytes, text.size()))});
  return parts;
}

std::vector<CocoResult> join(std::vector<ResultPart> parts) {
  std::size_t count = 0;
  for (const ResultPart& part : parts) count += part.results.size();
  std::vector<CocoResult> results;
  results.reserve(count);
  for (ResultPart& part : parts) {
    results.insert(results.end(), part.results.begin(), part.results.end());
    part.results = {};
  }
  return results;
}

// Nothing where a part does not end where the next one begins, or anything is wrong.
std::optional<std::vector<ResultPart>> read_parts(std::string_view text, int threads) {
  std::vector<ResultPart> parts = divide(text);
  const JsonSchema schema = schema_of_results();
  parallel_for_each(threads, parts.size(), [&](int, std::size_t i) {
    ResultPart& part = parts[i];
    part.results.reserve((part.end - part.begin) / kLeastResultBytes);
    part.is_whole = parse_json_part(text, part.begin, part.end, schema, keep_in(part.results)) == part.end;
  });
  if (parts.empty() || !std::ranges::all_of(parts, &ResultPart::is_whole)) return std::nullopt;
  return parts;
}

using Json = nlohmann::ordered_json;

Json images_json(const CocoGroundTruth& truth) {
  std::unordered_map<std::int64_t, const CocoVerification*> known_of;
  for (const CocoVerification& verification : truth.verifications) known_of[verification.image_id] = &verification;
  Json images = Json::array();
  for (const CocoImage& image : truth.images) {
    images.push_back({{"id", image.id}, {"file_name", image.file_name}, {"width", image.width}, {"height", image.height}});
    const auto known = known_of.find(image.id);
    if (known == known_of.end()) continue;
    images.back()[std::string(kAbsentIds)] = known->second->absent;
    images.back()[std::string(kPartlyIds)] = known->second->partly;
  }
  return images;
}

Json categories_json(const CocoGroundTruth& truth) {
  Json categories = Json::array();
  for (const CocoCategory& category : truth.categories) {
    categories.push_back({{"id", category.id}, {"name", category.name}});
    if (category.frequency != CategoryFrequency::kUnknown)
      categories.back()["frequency"] = kFrequencyLetters[static_cast<std::size_t>(category.frequency) - 1];
  }
  return categories;
}

}  // namespace

Result<CocoGroundTruth> parse_coco_annotations(std::string_view text) {
  const JsonSchema schema{.sections = {"images", "categories", "annotations", "licenses"},
                          .optional_sections = 1,
                          .fields = {"id", "file_name", "width", "height", "name", "image_id", "category_id", "bbox", "area", "iscrowd",
                                     "flickr_url", "license", "coco_url", kAbsentIds, kPartlyIds, "frequency"}};
  CocoGroundTruth truth;
  Credits credits;
  const auto visit = [&](std::string_view section, std::size_t, const JsonRecord& record) -> Status {
    if (section == "licenses") {
      credits.add_licence(record);
      return {};
    }
    if (section == "images") {
      OCTET_RETURN_IF_ERROR(add(read_image_entry(record), truth.images));
      credits.note(record);
      return read_verification(record, truth);
    }
    if (section == "categories") return add(read_category(record), truth.categories);
    return add(read_annotation(record), truth.annotations);
  };
  OCTET_RETURN_IF_ERROR(parse_json_records(text, schema, visit));
  OCTET_RETURN_IF_ERROR(expect_unique_ids("images", truth.images));
  OCTET_RETURN_IF_ERROR(expect_unique_ids("categories", truth.categories));
  OCTET_RETURN_IF_ERROR(expect_unique_ids("annotations", truth.annotations));
  truth.images.set_credits(credits.credits());
  count_annotations(truth);
  return truth;
}

Result<CocoGroundTruth> read_coco_annotations(const std::filesystem::path& path) {
  OCTET_ASSIGN(const FileText file, FileText::open(path));
  OCTET_ASSIGN_AT(CocoGroundTruth truth, parse_coco_annotations(file.text()), path.string());
  return truth;
}

Result<CocoImages> read_coco_images(const std::filesystem::path& path) {
  const JsonSchema schema{.sections = {"images"}, .fields = {"id", "file_name", "width", "height", "coco_url"}, .stops_early = true};
  CocoImages images;
  OCTET_RETURN_IF_ERROR(read_json_records(
      path, schema, [&](std::string_view, std::size_t, const JsonRecord& record) { return add(read_image_entry(record), images); }));
  if (const Status unique = expect_unique_ids("images", images); !unique.ok()) return unique.error().at(path.string());
  return images;
}

Result<std::string> format_coco_annotations(const CocoGroundTruth& truth) {
  Json annotations = Json::array();
  for (const CocoAnnotation& annotation : truth.annotations) {
    const BoxLtwh& box = annotation.box;
    if (!std::isfinite(box.left + box.top + box.width + box.height + annotation.area))
      return Error{ErrorCode::kInvalidArgument, fmt::format("annotation {} has a box that is no finite number", annotation.id)};
    annotations.push_back({{"id", annotation.id},
                           {"image_id", annotation.image_id},
                           {"category_id", annotation.category_id},
                           {"bbox", {box.left, box.top, box.width, box.height}},
                           {"area", annotation.area},
                           {"iscrowd", annotation.is_crowd ? 1 : 0}});
  }
  const Json file{{"images", images_json(truth)}, {"annotations", std::move(annotations)}, {"categories", categories_json(truth)}};
  return file.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<CocoResult>> parse_coco_results(std::string_view text, int threads) {
  if (auto parts = read_parts(text, threads)) return join(*std::move(parts));
  return read_results(text);
}

Result<std::vector<CocoResult>> read_coco_results(const std::filesystem::path& path, int threads) {
  OCTET_ASSIGN(FileText file, FileText::open(path));
  if (auto parts = read_parts(file.text(), threads)) {
    file = {};  // before its results are in memory twice
    return join(*std::move(parts));
  }
  OCTET_ASSIGN_AT(auto results, read_results(file.text()), path.string());
  return results;
}

Result<std::string> format_coco_results(std::span<const CocoResult> results) {
  std::string text = "[";
  for (std::size_t i = 0; i < results.size(); ++i) {
    const CocoResult& result = results[i];
    if (!is_finite(result))
      return Error{ErrorCode::kInvalidArgument,
                   fmt::format("entry {} (image {}) has a box or a score that is no finite number", i, result.image_id)};
    fmt::format_to(std::back_inserter(text), R"({}{{"image_id":{},"category_id":{},"bbox":[{},{},{},{}],"score":{}}})",
                   i == 0 ? "\n" : ",\n", result.image_id, result.category_id, result.box.left, result.box.top, result.box.width,
                   result.box.height, result.score);
  }
  text += "\n]\n";
  return text;
}

}  // namespace octet
