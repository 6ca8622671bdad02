// octet data: check a data set, or write the embedded one.

#include <memory>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "data/words.h"
#include "data/check_dataset.h"
#include "data/embedded_demo.h"

namespace octet::cli {
namespace {

struct Options {
  DataSource source;
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

Result<Outcome> run(const Options& options, Console& console) {
  if (options.demo) {
    const std::filesystem::path& folder = options.source.folder;
    OCTET_RETURN_IF_ERROR(write_embedded_demo(folder));
    return Outcome{{{"folder", folder.string()}, {"files", embedded_demo().size()}},
                   fmt::format("{} files in {}", embedded_demo().size(), folder.string())};
  }
  OCTET_ASSIGN(const Dataset dataset, open_dataset(options.source));
  return describe(check_dataset(dataset, options.threads, console.bar("check pictures")));
}

}  // namespace

Run add_data(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("data", "Check a data set, or write the embedded demonstration");
  verb->footer("Examples: octet data coco\n          octet data --demo demo-data");
  verb->add_option("folder", options->source.folder, "Folder of the data set")->required();
  verb->add_flag("--demo", options->demo, "Write the embedded photographs and model into the folder");
  verb->add_flag("--exif", options->source.apply_exif, "Turn pictures as their EXIF orientation says");
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
