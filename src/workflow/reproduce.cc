#include "workflow/reproduce.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/cpu.h"
#include "base/parallel.h"
#include "base/version.h"
#include "workflow/quantization_record.h"
#include "workflow/quantize.h"
#include "zoo/catalogue.h"

namespace octet {
namespace {

namespace fs = std::filesystem;
using Lines = std::vector<std::string>;

// Appends a line for each file that is not as it was.
void compare_files(const std::vector<RecordedFile>& recorded, const std::vector<fs::path>& places, int threads, Lines& lines) {
  std::vector<std::string> found(recorded.size());
  parallel_for_each(std::max(1, threads), recorded.size(), [&](int, std::size_t i) {
    if (const auto difference = difference_of(recorded[i], places[i])) found[i] = fmt::format("{}: {}", places[i].string(), *difference);
  });
  std::ranges::copy_if(found, std::back_inserter(lines), [](const std::string& line) { return !line.empty(); });
}

Dataset dataset_of(const RecordedPlaces& places, const DecodeOptions& decode) {
  Dataset dataset;
  dataset.decode = decode;
  dataset.image_folder = places.pictures.front().parent_path();
  for (const fs::path& picture : places.pictures)
    dataset.images.push_back({static_cast<std::int64_t>(dataset.images.size()) + 1, picture, 0, 0, picture.filename()});
  return dataset;
}

Result<ConvertOptions> opening_of(const RecordedPlaces& places, const Warn& warn) {
  ConvertOptions opening;
  if (!places.weights.empty()) opening.weights = places.weights;
  opening.labels = places.labels;
  if (!places.description.empty()) {
    OCTET_ASSIGN(opening.description, find_description(places.description, warn));
    opening.description_word = places.description;
  }
  return opening;
}

void compare_outputs(const std::vector<RecordedFile>& recorded, const std::vector<RecordedFile>& made, const fs::path& folder,
                     Lines& lines) {
  for (const RecordedFile& file : recorded) {
    const auto again = std::ranges::find(made, file.path, &RecordedFile::path);
    if (again == made.end())
      lines.push_back(fmt::format("{}: was made then, and not now", file.path));
    else if (*again != file)
      lines.push_back(fmt::format("{}: differs from the one that is recorded", (folder / file.path).string()));
  }
}

// What may be the reason that outputs differ.
void compare_makers(const QuantizationRecord& record, Lines& lines) {
  const auto compare = [&](const char* what, const std::string& then, std::string_view now) {
    if (then != now) lines.push_back(fmt::format("{}: was {}, is {}", what, then, now));
  };
  compare("version of octet", record.version, kVersion);
  compare("instruction set (OCTET_ISA)", record.isa, active_isa().name);
  compare("CPU", record.cpu, cpu_name());
}

}  // namespace

Result<Reproduction> reproduce(const fs::path& record_file, const fs::path& output, const ReproduceOptions& options) {
  OCTET_ASSIGN(const QuantizationRecord record, read_record(record_file));
  QuantizationChoices choices;
  if (auto status = take_words(record.options, choices); !status.ok()) return status.error().at(record_file.string());
  const RecordedPlaces places = find_recorded(record, fs::absolute(record_file).parent_path(), options.model, options.data);

  Reproduction result;
  compare_files(record.sources, places.sources, options.threads, result.differences);
  compare_files(record.pictures, places.pictures, options.threads, result.differences);
  if (!result.differences.empty()) return result;

  choices.calibration.threads = options.threads;
  choices.calibration.progress = options.progress;
  choices.calibration.warn = options.warn;
  OCTET_ASSIGN(ConvertOptions opening, opening_of(places, options.warn));
  OCTET_ASSIGN(const QuantizedIr made, quantize_ir(places.model, dataset_of(places, choices.decode), output, choices.calibration,
                                                   choices.recipe, choices.written, std::move(opening)));
  result.xml = made.xml;
  compare_outputs(record.outputs, made.outputs, made.xml.parent_path(), result.differences);
  if (result.differences.empty()) return result;
  if (choices.recipe.max_drop)
    result.differences.emplace_back("annotations: a record has none, so that the drop was measured against what the FP32 model finds");
  compare_makers(record, result.differences);
  return result;
}

}  // namespace octet
