#include "workflow/quantization_record.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "base/cpu.h"
#include "base/parallel.h"
#include "base/parse_number.h"
#include "base/quoted_name.h"
#include "base/version.h"
#include "data/layout.h"
#include "zoo/catalogue.h"

namespace octet {
namespace {

namespace fs = std::filesystem;

// --- Options ---

// One option: its word now, and what a word makes of it (false: it knows no such word).
struct Choice {
  const char* option;
  std::string (*word)(const QuantizationChoices& choices);
  bool (*take)(const std::string& word, QuantizationChoices& choices);
};

std::string either(bool value, const char* no, const char* yes) { return value ? yes : no; }

bool take_either(const std::string& word, const char* no, const char* yes, bool& value) {
  value = word == yes;
  return value || word == no;
}

std::string points_word(const std::optional<double>& points) { return points ? fmt::format("{}", *points) : "none"; }

bool take_points(const std::string& word, std::optional<double>& points) {
  points = parse_number<double>(word);
  return points ? *points >= 0 && *points <= 100 : word == "none";
}

constexpr std::array kChoices{
    Choice{"target", [](const QuantizationChoices& choices) { return either(choices.calibration.pair_safe, "any", "avx2"); },
           [](const std::string& word, QuantizationChoices& choices) {
             return take_either(word, "any", "avx2", choices.calibration.pair_safe);
           }},
    Choice{"preset",
           [](const QuantizationChoices& choices) {
             return either(choices.calibration.preset == quant::Preset::kMixed, "performance", "mixed");
           },
           [](const std::string& word, QuantizationChoices& choices) {
             bool is_mixed = false;
             const bool known = take_either(word, "performance", "mixed", is_mixed);
             choices.calibration.preset = is_mixed ? quant::Preset::kMixed : quant::Preset::kPerformance;
             return known;
           }},
    Choice{"pictures", [](const QuantizationChoices& choices) { return either(choices.calibration.stops_when_enough, "all", "enough"); },
           [](const std::string& word, QuantizationChoices& choices) {
             return take_either(word, "all", "enough", choices.calibration.stops_when_enough);
           }},
    Choice{"range-estimator",
           [](const QuantizationChoices& choices) {
             return choices.calibration.estimator ? quant::to_string(*choices.calibration.estimator) : "octet";
           },
           [](const std::string& word, QuantizationChoices& choices) {
             choices.calibration.estimator.reset();
             if (word == "octet") return true;
             const auto estimator = quant::parse_range_estimator(word);
             if (estimator.ok()) choices.calibration.estimator = *estimator;
             return estimator.ok();
           }},
    Choice{"recipe",
           [](const QuantizationChoices& choices) { return either(choices.recipe.kind == Recipe::Kind::kDefault, "plain", "default"); },
           [](const std::string& word, QuantizationChoices& choices) {
             bool is_default = false;
             const bool known = take_either(word, "plain", "default", is_default);
             choices.recipe.kind = is_default ? Recipe::Kind::kDefault : Recipe::Kind::kPlain;
             return known;
           }},
    Choice{
        "strict-int8", [](const QuantizationChoices& choices) { return either(choices.recipe.strict_int8, "no", "yes"); },
        [](const std::string& word, QuantizationChoices& choices) { return take_either(word, "no", "yes", choices.recipe.strict_int8); }},
    Choice{"min-fidelity", [](const QuantizationChoices& choices) { return points_word(choices.recipe.min_fidelity); },
           [](const std::string& word, QuantizationChoices& choices) { return take_points(word, choices.recipe.min_fidelity); }},
    Choice{"max-drop", [](const QuantizationChoices& choices) { return points_word(choices.recipe.max_drop); },
           [](const std::string& word, QuantizationChoices& choices) { return take_points(word, choices.recipe.max_drop); }},
    Choice{"precision",
           [](const QuantizationChoices& choices) { return either(choices.written.precision == Precision::kFp16, "FP32", "FP16"); },
           [](const std::string& word, QuantizationChoices& choices) {
             bool is_half = false;
             const bool known = take_either(word, "FP32", "FP16", is_half);
             choices.written.precision = is_half ? Precision::kFp16 : Precision::kFp32;
             return known;
           }},
    Choice{"onnx", [](const QuantizationChoices& choices) { return either(choices.written.onnx, "no", "yes"); },
           [](const std::string& word, QuantizationChoices& choices) { return take_either(word, "no", "yes", choices.written.onnx); }},
    Choice{"exif", [](const QuantizationChoices& choices) { return either(choices.decode.apply_exif, "no", "yes"); },
           [](const std::string& word, QuantizationChoices& choices) { return take_either(word, "no", "yes", choices.decode.apply_exif); }},
};

// --- Paths ---

fs::path settled(const fs::path& path) {
  std::error_code failed;
  fs::path settled = fs::weakly_canonical(fs::absolute(path, failed), failed);
  return failed ? path : settled;
}

// As a record in `folder`, a settled path, has it.
std::string path_from(const fs::path& folder, const fs::path& path) {
  if (path.empty()) return {};
  const fs::path place = settled(path), relative = place.lexically_relative(folder);
  return (relative.empty() ? place : relative).generic_string();
}

fs::path place_from(const fs::path& folder, const std::string& path) {
  return path.empty() ? fs::path() : (folder / path).lexically_normal();
}

bool leads_up(const fs::path& relative) { return relative.empty() || *relative.begin() == ".."; }

fs::path absolute_of(const fs::path& path) {
  std::error_code failed;
  const fs::path absolute = fs::absolute(path, failed);
  return (failed ? path : absolute).lexically_normal();
}

// The innermost folder that all pictures lie below, as their paths are written.
fs::path common_folder(const ImageList& images) {
  fs::path common;
  for (const ImageEntry& image : images) {
    const fs::path folder = absolute_of(image.path).parent_path();
    if (common.empty()) common = folder;
    while (common != folder && leads_up(folder.lexically_relative(common))) common = common.parent_path();
  }
  return common;
}

std::vector<RecordedFile> record_pictures(const ImageList& images, const fs::path& folder, int threads) {
  std::vector<RecordedFile> pictures(images.size());
  parallel_for_each(std::max(1, threads), images.size(), [&](int, std::size_t i) {
    pictures[i].path = absolute_of(images[i].path).lexically_relative(folder).generic_string();
    if (auto read = record_file(pictures[i].path, images[i].path); read.ok()) pictures[i] = *std::move(read);
  });
  return pictures;
}

// --- What was moved ---

// Where `file` lies if `was` is at `is` now: below it, of its name but for the extension, or at the same place beside it.
fs::path moved_with(const fs::path& was, const fs::path& is, const fs::path& file) {
  if (is.empty() || file.empty()) return file;
  if (file == was) return is;
  if (const fs::path below = file.lexically_relative(was); !leads_up(below)) return is / below;
  const fs::path beside = file.lexically_relative(was.parent_path());
  if (leads_up(beside)) return file;
  const bool shares_name = file.parent_path() == was.parent_path() && file.stem() == was.stem();
  return is.parent_path() / (shares_name ? fs::path(is.stem()) += file.extension() : beside);
}

fs::path picture_folder(const QuantizationRecord& record, const fs::path& folder, const fs::path& data) {
  if (data.empty()) return place_from(folder, record.picture_folder);
  std::error_code ignored;
  const auto part = find_calibration_part(data);
  if (!fs::exists(data / record.pictures.front().path, ignored) && part.ok()) return part->image_folder;
  return data;
}

}  // namespace

std::map<std::string, std::string> words_of(const QuantizationChoices& choices) {
  std::map<std::string, std::string> words;
  for (const Choice& choice : kChoices) words[choice.option] = choice.word(choices);
  return words;
}

Status take_words(const std::map<std::string, std::string>& words, QuantizationChoices& choices) {
  for (const auto& [option, word] : words) {
    const auto* const choice = std::ranges::find(kChoices, option, &Choice::option);
    if (choice == kChoices.end() || !choice->take(word, choices))
      return Error{ErrorCode::kUnsupported, "option " + in_quotes(option) + " is " + in_quotes(word) + ", which this octet does not know"};
  }
  return {};
}

Result<QuantizationRecord> begin_record(const fs::path& folder, const fs::path& model, const std::vector<fs::path>& files,
                                        const ConvertOptions& opening, const Dataset& pictures, const QuantizationChoices& choices) {
  const fs::path base = settled(folder);
  QuantizationRecord record;
  record.version = kVersion;
  record.cpu = cpu_name();
  record.isa = active_isa().name;
  record.model = path_from(base, model);
  if (opening.weights) record.weights = path_from(base, *opening.weights);
  record.labels = path_from(base, opening.labels);
  const bool is_described_by_file = is_description_file(opening.description_word);
  record.description = is_described_by_file ? path_from(base, opening.description_word) : opening.description_word;

  std::vector<fs::path> sources = files;
  if (!opening.labels.empty()) sources.push_back(opening.labels);
  if (is_described_by_file) sources.push_back(opening.description_word);
  for (const fs::path& source : sources) {
    OCTET_ASSIGN(RecordedFile file, record_file(path_from(base, source), source));
    record.sources.push_back(std::move(file));
  }

  const fs::path below = common_folder(pictures.images);
  record.picture_folder = path_from(base, below);
  record.pictures = record_pictures(pictures.images, below, choices.calibration.threads);
  record.options = words_of(choices);
  return record;
}

RecordedPlaces find_recorded(const QuantizationRecord& record, const fs::path& folder, const fs::path& model, const fs::path& data) {
  const fs::path base = settled(folder), was = place_from(base, record.model);
  const auto place = [&](const std::string& path) { return moved_with(was, model, place_from(base, path)); };
  RecordedPlaces places{place(record.model), place(record.weights), place(record.labels), record.description, {}, {}};
  if (is_description_file(record.description)) places.description = place(record.description).string();
  for (const RecordedFile& source : record.sources) places.sources.push_back(place(source.path));
  const fs::path below = picture_folder(record, base, data);
  for (const RecordedFile& picture : record.pictures) places.pictures.push_back(below / picture.path);
  return places;
}

}  // namespace octet
