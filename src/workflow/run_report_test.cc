#include "workflow/run_report.h"

#include <gtest/gtest.h>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/digest.h"
#include "base/scratch_folder.h"
#include "image/encode.h"

namespace octet {
namespace {

std::string file_of(const std::filesystem::path& name, ImageSize size) {
  Image image(size);
  for (std::size_t i = 0; i < image.bytes().size(); ++i) image.bytes()[i] = static_cast<std::uint8_t>(i % 251);
  const auto file = encode_image(name, image);
  return {reinterpret_cast<const char*>(file->data()), file->size()};
}

CocoAccuracy accuracy(double ap) {
  CocoAccuracy made;
  made.numbers = {.AP = ap,
                  .AP50 = ap + 0.2,
                  .AP75 = ap + 0.03,
                  .AP_small = ap - 0.2,
                  .AP_medium = ap + 0.01,
                  .AP_large = ap + 0.3,
                  .AR1 = ap - 0.05,
                  .AR10 = ap + 0.06,
                  .AR100 = ap + 0.07,
                  .AR_small = ap - 0.1,
                  .AR_medium = ap + 0.11,
                  .AR_large = ap + 0.4};
  made.categories = {{1, "cup", 7, ap + 0.123, 0.5}, {2, "dog", 3, ap - 0.077, 0.5}, {3, "unseen", 0, -1, -1}};
  return made;
}

ModelDetails details(double share) {
  ModelDetails made;
  made.deployed = OperatingPoint{.threshold = 0.25, .right = static_cast<std::int64_t>(1000 * share), .wrong = 123, .objects = 1000};
  made.best = OperatingPoint{.threshold = 0.37, .right = static_cast<std::int64_t>(900 * share), .wrong = 50, .objects = 1000};
  made.calibration_error = share / 10;
  for (std::size_t kind = 0; kind < kErrorKindCount; ++kind) made.errors[kind] = {7, share / static_cast<double>(20 + kind)};
  return made;
}

ModelBench bench(double median_ms) {
  return {.latencies_ms = {median_ms - 1, median_ms, median_ms + 2},
          .latency = {.median_ms = median_ms, .p90_ms = median_ms + 1.3, .p99_ms = median_ms + 1.7, .min_ms = median_ms - 1},
          .throughput = 1000 / median_ms};
}

// Of pictures of which the last cannot be read.
DetectionRun run_of(const std::vector<std::vector<Detection>>& found) {
  DetectionRun run{DetectionLists(found.size()), std::vector<bool>(found.size(), true), static_cast<std::int64_t>(found.size() - 1), 1};
  run.done.back() = false;
  for (std::size_t i = 0; i < found.size(); ++i) run.detections.set(i, found[i]);
  return run;
}

// What a short run leaves behind, as recorded: two pictures, two models, their figures and boxes.
struct RecordedRun {
  RecordedRun() {
    const auto picture = [&](std::int64_t id, const std::string& name, ImageSize size) {
      dataset.images.push_back({id, folder.write("val2017/" + name, file_of(name, size)), size.width, size.height, name});
      dataset.truth.images.push_back({id, name, size.width, size.height, "credit of " + name});
    };
    picture(4, "a.png", {64, 48});
    picture(9, "b.jpg", {30, 80});
    picture(12, "broken.jpg", {30, 80});
    dataset.image_folder = folder.path() / "val2017";
    dataset.annotation_file = folder.write("instances.json", "{}");
    for (const char* name : {"fp32", "int8"}) {
      const auto xml = folder.path() / (std::string(name) + ".xml");
      folder.write(std::string(name) + ".bin", name);
      Detector detector{.path = xml, .model = nullptr, .description = {}, .file_bytes = name[0] == 'f' ? 3'210'000u : 987'000u};
      detector.description.name = "small-net";
      detector.description.source = "small-net.weights SHA-256 0123";
      detector.description.input = {320, 256};
      detector.description.labels = {"cup", "dog"};
      detectors.push_back(std::move(detector));
    }
    const Detection cup{0, 0.91f, {5, 5, 25, 25}}, dog{1, 0.64f, {30, 10, 60, 40}};
    runs.push_back(run_of({{cup, dog}, {cup}, {}}));
    runs.push_back(run_of({{cup}, {cup}, {}}));
    result.fp32 = detectors[0].path;
    result.int8 = detectors[1].path;
    result.check.models = {accuracy(0.314159), accuracy(0.302718)};
    result.check.details = {details(0.61), details(0.57)};
    result.check.drop = 0.011441;
    result.check.fidelity = 0.87654;
    result.check.drops.emplace().all = {0.011441, -0.0042, 0.0271, 0.01};
    result.check.images = 2;
    dataset.truth.categories = {{1, "cup"}, {2, "dog"}};
    dataset.truth.annotations = {{31, 4, 1, {5, 6, 7, 8}, 56, false}};
    result.label_errors = {{LabelFault::kMissing, 9, std::nullopt, 2, {1, 2, 30, 40}, 0.77},
                           {LabelFault::kClass, 4, 31, 2, {5, 6, 7, 9}, 0.66}};
    result.bench = {bench(24.68), bench(9.753)};
    result.fp32_steps = {{StepInfo{.node = "conv_7", .op = "convolution", .kernel = "avx512", .macs = 9'000'000, .bytes = 4'000}, 123}};
    result.int8_steps = {{StepInfo{.node = "conv_7", .op = "convolution", .integer = true, .macs = 9'000'000, .bytes = 1'000}, 45}};
    result.roofs = {100, 800, 20};
    options.data.folder = folder.path();
    options.threads = 3;
    options.bench_seconds = 7;
    options.requirements.min_speedup = 1.2;
  }

  std::string page() const {
    const auto made = make_report(result, {options, dataset, detectors, runs, quantized});
    EXPECT_TRUE(made.ok()) << (made.ok() ? "" : made.error().message);
    return made.ok() ? *made : "";
  }

  const ScratchFolder folder;
  Dataset dataset;
  std::vector<Detector> detectors;
  std::vector<DetectionRun> runs;
  QuantizedIr quantized{.xml = {}, .images = 166, .convolutions = 77, .points = 88, .layers = {{"conv_1", 8}, {"conv_7", 32}}};
  RunResult result;
  RunOptions options;
};

// The text of a page, a line for each element; without style, script and markup.
std::string text_of(std::string page) {
  for (const char* name : {"style", "script"}) {
    const std::size_t begin = page.find(fmt::format("<{}>", name));
    page.erase(begin, page.find(fmt::format("</{}>", name)) - begin);
  }
  std::string text;
  bool is_markup = false;
  for (const char letter : page) {
    if (letter == '<') text += '\n';
    is_markup = letter == '<' || (is_markup && letter != '>');
    if (!is_markup && letter != '>') text += letter;
  }
  return text;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::vector<std::string> between(const std::string& text, const std::string& begin, const std::string& end) {
  std::vector<std::string> parts;
  for (std::size_t at = text.find(begin); at != std::string::npos; at = text.find(begin, at + 1)) {
    const std::size_t first = at + begin.size();
    parts.push_back(text.substr(first, text.find(end, first) - first));
  }
  return parts;
}

TEST(MakeReport, ShowsEveryFigureOfTheRun) {
  const RecordedRun run;
  const std::string text = text_of(run.page());
  std::vector<std::string> figures;
  for (const CocoAccuracy& model : run.result.check.models) {
    for (const double value : model.numbers.values()) figures.push_back(fmt::format("\n{:.2f}\n", 100 * value));
    for (std::size_t i = 0; i < 2; ++i) figures.push_back(fmt::format("\n{:.1f}\n", 100 * model.categories[i].AP));
  }
  for (const ModelDetails& model : run.result.check.details) {
    for (const double value :
         {model.deployed->precision(), model.deployed->recall(), model.deployed->f1(), model.best.f1(), model.calibration_error})
      figures.push_back(fmt::format("\n{:.1f}\n", 100 * value));
    for (const ErrorCost& error : model.errors) figures.push_back(fmt::format("\n{:.1f}\n", 100 * error.ap50));
  }
  for (const ModelBench& model : run.result.bench) {
    const LatencySummary& latency = model.latency;
    for (const double ms : {latency.median_ms, latency.p90_ms, latency.p99_ms, latency.min_ms})
      figures.push_back(fmt::format("\n{:.{}f} ms\n", ms, ms < 10 ? 2 : 1));
    figures.push_back(fmt::format("\n{:.1f} / s\n", model.throughput));
  }
  for (const char* figure : {"\n123 µs\n", "\n45 µs\n", "\n73.2\n", "\n73 %\n", "\n200.0\n", "\n25 %\n"}) figures.emplace_back(figure);
  for (const char* figure : {"\n87.65\n", "\n3.21 MB\n", "\n0.99 MB\n", "0.4 gained to 2.7 lost", "1.1 points", "2.53×", "at least 1.20×"})
    figures.push_back(figure);
  for (const char* figure : {"1 class 1 missing", "\nb.jpg\n", "\ndog at 1, 2, 30 x 40\n", "\n0.77\n", "\ncup at 5, 6, 7 x 8\n"})
    figures.emplace_back(figure);
  for (const std::string& figure : figures) EXPECT_TRUE(contains(text, figure)) << figure;
  for (const char* absent : {"\n–\n", "undefined", "nan", "inf ", "null", "{{"}) EXPECT_FALSE(contains(text, absent)) << absent;
}

TEST(MakeReport, SaysHowItWasMade) {
  const RecordedRun run;
  const std::string text = text_of(run.page());
  const auto digest = [](std::string_view content) { return sha256_hex(std::as_bytes(std::span(content))); };
  const std::vector<std::string> facts = {"small-net",
                                          "val2017 of " + run.folder.path().filename().string(),
                                          "\n2 pictures are a demonstration",
                                          "\n1 picture could not be read",
                                          "small-net.weights SHA-256 0123",
                                          "\n320 x 256 pixels\n",
                                          "\n1, where integers lose the most for the time that they save: conv_7\n",
                                          digest("fp32"),
                                          digest("int8"),
                                          digest("{}"),
                                          "\n166\n",
                                          "\n77\n",
                                          "\n0.001\n",
                                          "for 7 s",
                                          "\nf32\n",
                                          "\n3\n"};
  for (const std::string& fact : facts) EXPECT_TRUE(contains(text, fact)) << fact;
  EXPECT_FALSE(contains(text, "unseen"));  // nothing of it is annotated
}

TEST(MakeReport, HoldsThePicturesThemselvesWithTheirBoxes) {
  const RecordedRun run;
  const std::string page = run.page();
  const auto sources = between(page, "src=\"data:image/", "\"");
  ASSERT_EQ(sources.size(), 2u);  // the broken one is left out
  // The one that lost its dog comes first.
  const std::vector<ImageSize> sizes = {{64, 48}, {30, 80}};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string code = sources[i].substr(sources[i].find(',') + 1);
    std::vector<std::byte> file(code.size() / 4 * 3);
    ASSERT_EQ(EVP_DecodeBlock(reinterpret_cast<unsigned char*>(file.data()), reinterpret_cast<const unsigned char*>(code.data()),
                              static_cast<int>(code.size())),
              static_cast<int>(file.size()));
    const auto image = decode_image(file);
    ASSERT_TRUE(image.ok()) << image.error().message;
    EXPECT_EQ(image->size(), sizes[i]);
    EXPECT_TRUE(contains(page, fmt::format("viewBox=\"0 0 {} {}\"", sizes[i].width, sizes[i].height)));
  }
  EXPECT_EQ(between(page, "<g class=\"box", ">").size(), 5u);
  const std::string text = text_of(page);
  for (const char* words : {"\ncup 0.91\n", "\nlost: dog 0.64\n", "\n1 kept\n", "\ncredit of a.png\n", "\ncredit of b.jpg\n"})
    EXPECT_TRUE(contains(text, words)) << words;
}

TEST(MakeReport, HasARowForEachOfSeveralEngines) {
  RecordedRun run;
  EXPECT_FALSE(contains(run.page(), "id=\"engines\""));  // of one engine there is nothing to compare
  run.options.engines = {engines()[0], engines()[1]};
  CheckResult other;
  other.models = {accuracy(0.3131), accuracy(0.2929)};
  other.fidelity = 0.8321;
  run.result.other_checks = {other};
  run.result.bench.push_back(bench(31.4));
  run.result.bench.push_back(bench(15.7));
  const std::string text = text_of(run.page());
  for (const Engine* engine : run.options.engines) EXPECT_TRUE(contains(text, fmt::format("\n{}\n", engine->name()))) << engine->name();
  for (const char* figure : {"\n31.31\n", "\n29.29\n", "\n\u22122.02\n", "\n83.21\n", "\n31.4 ms\n", "\n15.7 ms\n", "\n2.0×\n"})
    EXPECT_TRUE(contains(text, figure)) << figure;
}

TEST(MakeReport, NamesAFileThatIsGone) {
  const RecordedRun run;
  std::filesystem::remove(run.folder.path() / "int8.bin");
  const auto made = make_report(run.result, {run.options, run.dataset, run.detectors, run.runs, run.quantized});
  ASSERT_FALSE(made.ok());
  EXPECT_TRUE(contains(made.error().message, "int8.bin")) << made.error().message;
}

}  // namespace
}  // namespace octet
