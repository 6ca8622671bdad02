// octet quantize: an FP32 IR to an INT8 IR.

#include <memory>

#include <fmt/format.h>

#include "cli/numbers.h"
#include "cli/resources.h"
#include "cli/verb.h"
#include "cli/words.h"
#include "workflow/quantize.h"

namespace octet::cli {
namespace {

struct Options {
  std::string model, data, output;
  std::vector<std::string> images;
  bool apply_exif = false;
  std::int64_t subset = 0;
  std::uint64_t seed = 0;
  int threads = 1;
};

Result<Dataset> pictures(const Options& options, const Warn& warn) {
  if (options.data.empty() && options.images.empty())
    return Error{ErrorCode::kInvalidArgument, "say which pictures to calibrate with: --data DIR or --images DIR"};
  OCTET_ASSIGN(Dataset dataset, options.images.empty() ? open_calibration_images(options.data, warn)
                                                       : open_pictures({options.images.begin(), options.images.end()}));
  dataset.decode.apply_exif = options.apply_exif;
  return random_subset(std::move(dataset), options.subset, options.seed);
}

Result<Outcome> run(const Options& options, Console& console) {
  const Stopwatch watch;
  OCTET_ASSIGN(const Dataset dataset, pictures(options, console.warnings()));
  OCTET_ASSIGN(const QuantizedIr done,
               quantize_ir(options.model, dataset, options.output, {options.threads, console.bar("calibrate"), console.warnings()}));
  Outcome outcome;
  outcome.json = {{"model", done.xml.string()}, {"images", done.images}, {"seconds", watch.seconds()}, {"peak_rss_mb", peak_rss_mb()}};
  outcome.text =
      fmt::format("{}\n{} convolutions compute in 8-bit integers, {} activations are quantized; {}, {:.1f} s, {:.0f} MB", done.xml.string(),
                  done.convolutions, done.points, counted(done.images, "image"), watch.seconds(), peak_rss_mb());
  return outcome;
}

}  // namespace

Run add_quantize(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("quantize", "Make an INT8 IR of an FP32 IR");
  verb->footer("Example: octet quantize out/public/yolov4-tiny/FP32/yolov4-tiny.xml --data coco --output out");
  verb->add_option("model", options->model, "FP32 IR (.xml)")->required();
  verb->add_option("--data", options->data, "Folder in the layout of COCO, Roboflow or CVAT; its training pictures where there are some");
  verb->add_option("--images", options->images, "Pictures, and folders of pictures with all folders below them")->excludes("--data");
  verb->add_flag("--exif", options->apply_exif, "Turn pictures as their EXIF orientation says");
  verb->add_option("--subset", options->subset, "Only N images, drawn at random; 0 is all")->check(whole_number());
  verb->add_option("--seed", options->seed, "Of the draw")->check(whole_number())->capture_default_str();
  verb->add_option("--output,-o", options->output, "Folder to write to")->required();
  add_threads_option(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
