// octet data: check a data set, fetch COCO, or write the embedded one.

#include <algorithm>
#include <memory>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "base/files.h"
#include "data/check_dataset.h"
#include "data/coco_json.h"
#include "data/embedded_demo.h"
#include "data/labels/label_format.h"
#include "data/words.h"
#include "workflow/fetch_coco.h"

namespace octet::cli {
namespace {

constexpr std::string_view kCocoPrefix = "coco-";

struct Options {
  std::vector<std::string> words;  // FOLDER, or convert FOLDER
  DataSource source;
  std::string form, part = "val";
  FetchCocoOptions coco;
  bool demo = false;
  int threads = 1;
};

Json names(const std::vector<std::filesystem::path>& paths) {
  Json json = Json::array();
  for (const auto& path : paths) json.push_back(path.filename().string());
  return json;
}

Json names(const std::vector<BrokenImage>& images) {
  Json json = Json::array();
  for (const BrokenImage& image : images) json.push_back({{"file", image.path.filename().string()}, {"reason", image.reason}});
  return json;
}

Outcome describe(const DatasetReport& report) {
  Outcome outcome;
  outcome.json = {{"images", report.images},
                  {"usable_images", report.usable_images},
                  {"annotations", report.annotations},
                  {"crowds", report.crowds},
                  {"categories", report.categories},
                  {"missing", names(report.missing)},
                  {"unreadable", names(report.unreadable)},
                  {"other_size", names(report.other_size)},
                  {"without_annotations", names(report.without_annotations)},
                  {"not_listed", names(report.not_listed)},
                  {"annotations_of_no_image", report.faults.of_no_image},
                  {"annotations_of_no_category", report.faults.of_no_category},
                  {"annotations_with_id_0", report.faults.with_id_0},
                  {"boxes_outside", report.faults.outside},
                  {"boxes_in_pixel", report.faults.in_pixel},
                  {"boxes_in_percent", report.faults.in_percent},
                  {"boxes_without_area", report.faults.without_area},
                  {"shared_files", report.faults.shared_files},
                  {"remarks", report.remarks},
                  {"ok", report.ok()}};
  outcome.text =
      fmt::format("{}, {} usable; {} in {} categories, {} without any", counted(report.images, "image"), report.usable_images,
                  counted(report.annotations, "annotation"), report.categories, counted(report.without_annotations.size(), "image"));
  for (const std::string& remark : report.remarks) outcome.text += "\n" + remark;
  for (const auto& path : report.missing) outcome.text += "\nmissing: " + path.string();
  for (const auto& image : report.unreadable) outcome.text += fmt::format("\nunreadable: {}: {}", image.path.string(), image.reason);
  for (const auto& image : report.other_size) outcome.text += fmt::format("\nother size: {}: {}", image.path.string(), image.reason);
  for (const auto& path : report.not_listed) outcome.text += "\nnot in the annotations: " + path.string();
  return outcome;
}

// "val2017" of "coco-val2017"; empty where the word names no part of COCO.
std::string coco_part(const std::string& word) {
  if (!word.starts_with(kCocoPrefix)) return {};
  const std::string part = word.substr(kCocoPrefix.size());
  return std::ranges::count(coco_parts(), part) > 0 ? part : std::string();
}

Result<Outcome> fetch_and_check(const Options& options, const std::string& part, Console& console) {
  FetchCocoOptions coco = options.coco;
  coco.part = part;
  coco.step = [&console](const std::string& step) { return console.bar(step); };
  OCTET_ASSIGN(const DataSource fetched, fetch_coco(coco));
  OCTET_ASSIGN(const Dataset dataset, open_dataset(fetched));
  const DatasetReport report = check_dataset(dataset, options.threads, console.bar("check pictures"));
  if (!report.unreadable.empty())
    return Error{ErrorCode::kMalformed,
                 fmt::format("{} came damaged ({} in all): {}; remove it and run this again", report.unreadable[0].path.string(),
                             report.unreadable.size(), report.unreadable[0].reason)};
  Outcome outcome = describe(report);
  outcome.json["folder"] = coco.output.string();
  return outcome;
}

// What is odd about annotations, before they are scored with: faults of boxes and names, and pictures that are not there.
void look_at(Dataset& dataset, const Warn& warn) {
  std::vector<std::string> absent;
  for (const CocoImage& image : dataset.truth.images) {
    std::error_code ignored;
    const std::filesystem::path path = dataset.image_folder / image.file_name;
    dataset.images.push_back({image.id, path.string(), image.width, image.height, image.file_name});
    if (!std::filesystem::exists(path, ignored)) absent.push_back(image.file_name);
  }
  for (const std::string& remark : remarks_on(find_annotation_faults(dataset), dataset)) warn(remark);
  if (!absent.empty())
    warn(fmt::format("{}: lacks {} of {}: {}", dataset.image_folder.string(), absent.size(), counted(dataset.images.size(), "picture"),
                     first_few(absent)));
}

Result<Outcome> convert_annotations(const Options& options, Console& console) {
  const std::filesystem::path folder = options.words.back(), &file = options.coco.output;
  if (file.empty()) return Error{ErrorCode::kInvalidArgument, "say where COCO's annotations are to go: --output FILE.json"};
  OCTET_ASSIGN(const LabelFormat* format, find_label_format(folder, options.form));
  OCTET_ASSIGN(LabelledPictures labelled, format->read(folder, options.part, console.warnings()));
  Dataset dataset{
      .image_folder = std::move(labelled.image_folder), .annotation_file = file, .images = {}, .truth = std::move(labelled.truth)};
  const CocoGroundTruth& truth = dataset.truth;
  look_at(dataset, console.warnings());
  OCTET_ASSIGN(const std::string text, format_coco_annotations(truth));
  OCTET_RETURN_IF_ERROR(write_file(file, text));
  return Outcome{{{"annotations", file.string()},
                  {"images", dataset.image_folder.string()},
                  {"format", format->name},
                  {"image_count", truth.images.size()},
                  {"annotation_count", truth.annotations.size()},
                  {"category_count", truth.categories.size()}},
                 fmt::format("{}: {} of {} in {}\nuse it with --images {} --annotations {}", file.string(),
                             counted(truth.annotations.size(), "annotation"),
                             fmt::format("{} {}", truth.categories.size(), truth.categories.size() == 1 ? "class" : "classes"),
                             counted(truth.images.size(), "picture"), dataset.image_folder.string(), file.string())};
}

Result<Outcome> run(const Options& options, Console& console) {
  if (options.words.size() == 2 && options.words[0] == "convert") return convert_annotations(options, console);
  if (options.words.size() == 2)
    return Error{ErrorCode::kInvalidArgument, fmt::format("'{}' goes with nothing; name one folder, or convert FOLDER", options.words[0])};
  if (!options.form.empty()) return Error{ErrorCode::kInvalidArgument, "--form goes with convert FOLDER"};
  const std::filesystem::path folder = options.words[0];
  if (!options.coco.output.empty()) {
    const std::string part = coco_part(folder.string());
    if (part.empty())
      return Error{ErrorCode::kInvalidArgument, fmt::format("--output goes with a data set to fetch, coco-{}, and not with '{}'",
                                                            fmt::join(coco_parts(), " or coco-"), folder.string())};
    return fetch_and_check(options, part, console);
  }
  std::error_code ignored;
  if (!coco_part(folder.string()).empty() && !std::filesystem::exists(folder, ignored))
    return Error{ErrorCode::kInvalidArgument, fmt::format("say where {} is to go: --output DIR", folder.string())};
  if (options.demo) {
    OCTET_RETURN_IF_ERROR(write_embedded_demo(folder));
    return Outcome{{{"folder", folder.string()}, {"files", embedded_demo().size()}},
                   fmt::format("{} files in {}", embedded_demo().size(), folder.string())};
  }
  DataSource source = options.source;
  source.folder = folder;
  OCTET_ASSIGN(const Dataset dataset, open_dataset(source));
  return describe(check_dataset(dataset, options.threads, console.bar("check pictures")));
}

}  // namespace

Run add_data(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("data", "Check a data set, fetch COCO 2017, or write the embedded demonstration");
  verb->footer(
      "Examples: octet data coco\n          octet data convert yolo-folder --part val --output val.json\n          octet data coco-val2017 "
      "--output coco --limit 300\n          octet data --demo demo-data\n"
      "Fetching COCO goes on where it was interrupted. docs/download.md says what to do without a network.");
  verb->add_option("folder", options->words, "Folder of the data set, or what to fetch: coco-val2017, coco-train2017; or convert FOLDER")
      ->required()
      ->expected(1, 2);
  verb->add_option("--output,-o", options->coco.output, "Folder to fetch COCO into; of convert: the file to write");
  verb->add_option("--limit", options->coco.limit, "Fetch the first N images alone, each by its own address; 0 is all, in one archive")
      ->check(whole_number())
      ->needs("--output");
  verb->add_option("--from", options->coco.addresses, "Address of a mirror that is laid out as images.cocodataset.org")->needs("--output");
  verb->add_option("--jobs,-j", options->coco.jobs, "Downloads at a time")->check(CLI::Range(1, 64))->capture_default_str();
  verb->add_option("--form", options->form, "Form of the annotations to convert, where the folder does not tell")
      ->type_name(one_of("yolo, voc, openimages, cvat, label-studio"));
  verb->add_option("--part", options->part, "Which of them to convert")->type_name(one_of("val, train, test"))->capture_default_str();
  verb->add_flag("--demo", options->demo, "Write the embedded photographs and model into the folder");
  verb->add_flag("--exif", options->source.apply_exif, "Turn pictures as their EXIF orientation says");
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
