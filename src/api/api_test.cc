// Uses the public interface as a user does: its header alone, on the demonstration's model and photographs.
#include <octet/octet.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <new>

namespace {

namespace fs = std::filesystem;

const fs::path kDemo = OCTET_SOURCE_DIR "/demo";
const fs::path kModelFolder = kDemo / "yolo-fastest-1.1-xl";
const fs::path kPicture = kDemo / "coco/val2017/000000030213.jpg";

std::string contents(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator(stream), {}};
}

octet::Model demo_model() { return octet::convert(kModelFolder / "yolo-fastest-1.1-xl.cfg"); }

class Api : public testing::Test {
 protected:
  Api() { fs::create_directories(folder_); }
  ~Api() override { fs::remove_all(folder_); }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("octet-api-" + std::to_string(::getpid()));
};

void expect_same(const std::vector<octet::Detection>& found, const std::vector<octet::Detection>& wanted, double tolerance = 0) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].label, wanted[i].label);
    EXPECT_EQ(found[i].class_index, wanted[i].class_index);
    EXPECT_NEAR(found[i].score, wanted[i].score, tolerance);
    EXPECT_NEAR(found[i].x0, wanted[i].x0, 1000 * tolerance);
    EXPECT_NEAR(found[i].y1, wanted[i].y1, 1000 * tolerance);
  }
}

octet::ErrorKind kind_of_failure(const std::function<void()>& act) {
  try {
    act();
  } catch (const octet::Error& error) {
    EXPECT_FALSE(std::string(error.what()).empty());
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return octet::ErrorKind::kInternal;
}

TEST_F(Api, ConvertsAndDescribesAModel) {
  const octet::Model model = demo_model();
  EXPECT_EQ(model.name(), "yolo-fastest-1.1-xl");
  EXPECT_EQ(model.input_width(), 320);
  EXPECT_EQ(model.input_height(), 320);
  ASSERT_EQ(model.labels().size(), 80u);
  EXPECT_EQ(model.labels()[0], "person");
}

TEST_F(Api, TakesWeightsFromElsewhere) {
  fs::copy_file(kModelFolder / "yolo-fastest-1.1-xl.cfg", folder_ / "mine.cfg");
  EXPECT_EQ(kind_of_failure([&] { octet::convert(folder_ / "mine.cfg"); }), octet::ErrorKind::kNotFound);
  EXPECT_EQ(octet::convert(folder_ / "mine.cfg", {.weights = kModelFolder / "yolo-fastest-1.1-xl.weights"}).name(), "mine");
}

TEST_F(Api, ConvertsAKnownModelByName) {
  const auto names = octet::known_models();
  EXPECT_TRUE(std::ranges::is_sorted(names));
  ASSERT_TRUE(std::ranges::count(names, "yolo-fastest-1.1-xl"));
  EXPECT_EQ(octet::convert_known("yolo-fastest-1.1-xl", kModelFolder).name(), "yolo-fastest-1.1-xl");
  EXPECT_EQ(kind_of_failure([&] { octet::convert_known("yolo-fastest-1.1-xl", folder_); }), octet::ErrorKind::kNotFound);
  EXPECT_EQ(kind_of_failure([&] { octet::convert_known("no-such-model", kModelFolder); }), octet::ErrorKind::kNotFound);
}

TEST_F(Api, FindsTheSameInASavedModel) {
  const auto found = octet::compile(demo_model()).detect(kPicture);
  ASSERT_FALSE(found.empty());
  EXPECT_TRUE(std::ranges::is_sorted(found, std::greater<>(), &octet::Detection::score));
  EXPECT_GT(found.back().score, 0.3f);
  EXPECT_EQ(found[0].label, demo_model().labels().at(static_cast<std::size_t>(found[0].class_index)));

  demo_model().save(folder_ / "model.xml");
  expect_same(octet::compile(octet::load(folder_ / "model.xml"), {.threads = 2}).detect(kPicture), found, 1e-5);
}

TEST_F(Api, FindsTheSameInPixelsOfAFileAnImageAndRowsWithGaps) {
  octet::Detector detector = octet::compile(demo_model());
  const auto found = detector.detect(kPicture);
  const octet::Image image = octet::read_image(kPicture);
  expect_same(detector.detect(image), found);

  const std::size_t pixel_bytes = 3 * static_cast<std::size_t>(image.width), row_bytes = pixel_bytes + 5;
  std::vector<std::uint8_t> rows(row_bytes * (static_cast<std::size_t>(image.height) - 1) + pixel_bytes, 77);
  for (std::size_t y = 0; y < static_cast<std::size_t>(image.height); ++y)
    std::copy_n(image.bgr.begin() + static_cast<std::ptrdiff_t>(y * pixel_bytes), pixel_bytes,
                rows.begin() + static_cast<std::ptrdiff_t>(y * row_bytes));
  expect_same(detector.detect(octet::ImageView(rows, image.width, image.height, row_bytes)), found);
}

TEST_F(Api, RefusesNumbersThatTheProgramRefuses) {
  const octet::Model model = demo_model();
  octet::Detector detector = octet::compile(model);
  const std::string cfg = (kModelFolder / "yolo-fastest-1.1-xl.cfg").string();
  const auto refused = [](const auto& act) { EXPECT_EQ(kind_of_failure(act), octet::ErrorKind::kInvalidArgument); };
  for (const double threshold : {std::nan(""), -0.1, 1.5}) {
    refused([&] { detector.detect(kPicture, {.score_threshold = threshold}); });
    refused([&] { octet::evaluate(model, kDemo / "coco", {.score_threshold = threshold, .limit = 1}); });
    refused([&] { octet::run(cfg, kDemo / "coco", folder_ / "none", {.score_threshold = threshold}); });
  }
  for (const double seconds : {std::nan(""), -1.0, std::numeric_limits<double>::infinity()}) {
    refused([&] { octet::bench({&model, 1}, {.seconds = seconds}); });
    refused([&] { octet::run(cfg, kDemo / "coco", folder_ / "none", {.bench_seconds = seconds}); });
  }
  EXPECT_FALSE(fs::exists(folder_ / "none"));
}

TEST_F(Api, KeepsAsManyDetectionsAsAskedFor) {
  octet::Detector detector = octet::compile(demo_model());
  const auto all = detector.detect(kPicture, {.score_threshold = 0.01});
  ASSERT_GT(all.size(), 2u);
  expect_same(detector.detect(kPicture, {.score_threshold = 0.01, .max_detections = 2}), {all[0], all[1]});
  EXPECT_TRUE(detector.detect(kPicture, {.score_threshold = 1}).empty());
}

// A copy of the photograph that says that it lies on its side.
fs::path write_turned_picture(const fs::path& folder) {
  using namespace std::string_literals;
  const std::string tag = "\xff\xe1\0\x22"s + "Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"s;
  const std::string picture = contents(kPicture);
  std::ofstream(folder / "turned.jpg", std::ios::binary) << picture.substr(0, 2) << tag << picture.substr(2);
  return folder / "turned.jpg";
}

TEST_F(Api, TurnsAPictureWhereThatIsAskedFor) {
  const fs::path turned = write_turned_picture(folder_);
  const octet::Image stored = octet::read_image(turned), upright = octet::read_image(turned, {.exif = true});
  EXPECT_EQ(stored.bgr, octet::read_image(kPicture).bgr);
  EXPECT_EQ(upright.width, stored.height);
  EXPECT_EQ(upright.height, stored.width);
  octet::Detector detector = octet::compile(demo_model());
  expect_same(detector.detect(turned), detector.detect(stored));
  expect_same(detector.detect(turned, {.exif = true}), detector.detect(upright));
}

TEST_F(Api, TakesAnnotationsOfTheirOwnForAFolderOfPictures) {
  const octet::Model model = demo_model();
  const fs::path pictures = kDemo / "coco/val2017", annotations = kDemo / "coco/annotations/instances_val2017.json";
  const octet::Accuracy wanted = octet::evaluate(model, kDemo / "coco", {.limit = 5});
  EXPECT_EQ(octet::evaluate(model, pictures, {.limit = 5, .annotations = annotations}).ap, wanted.ap);
  EXPECT_EQ(kind_of_failure([&] { octet::evaluate(model, pictures, {.annotations = "no.json"}); }), octet::ErrorKind::kNotFound);
  const auto int8 = [&](const fs::path& folder, const fs::path& file) {
    octet::quantize(model, folder, {.subset = 4, .recipe = octet::Recipe::kPlain, .annotations = file}).save(folder_ / "int8.xml");
    return contents(folder_ / "int8.bin");
  };
  EXPECT_EQ(int8(pictures, annotations), int8(pictures, {}));
}

TEST_F(Api, RefusesAnEngineThatIsNone) {
  const octet::Model model = demo_model();
  using Kind = octet::ErrorKind;
  EXPECT_EQ(kind_of_failure([&] { octet::compile(model, {.engine = "steam"}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] { octet::evaluate(model, kDemo / "coco", {.engine = "steam"}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] { octet::bench({&model, 1}, {.engine = "steam"}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] {
              octet::run("no.cfg", kDemo / "coco", folder_, {.engines = {"octet", "steam"}});
            }),
            Kind::kInvalidArgument);
}

// What was made in memory is what another engine runs, and not the file that it was made of.
TEST_F(Api, RunsWhatIsInMemoryInAnotherEngine) {
  demo_model().save(folder_ / "fp32.xml");
  const octet::Model fp32 = octet::load(folder_ / "fp32.xml");
  const octet::Model int8 = octet::quantize(fp32, kDemo / "coco", {.subset = 4, .recipe = octet::Recipe::kPlain});
  int8.save(folder_ / "int8.xml");
  int engines = 0;
  for (const char* engine : {"openvino", "onnxruntime"}) {
    try {
      octet::Detector detector = octet::compile(int8, {.engine = engine});
      expect_same(detector.detect(kPicture), octet::compile(octet::load(folder_ / "int8.xml"), {.engine = engine}).detect(kPicture), 1e-5);
      EXPECT_GT(octet::evaluate(fp32, kDemo / "coco", {.limit = 4, .engine = engine}).ap, 0.1);
      EXPECT_EQ(octet::bench({&int8, 1}, {.seconds = 0.05, .engine = engine}).size(), 1u);
      ++engines;
    } catch (const octet::Error& error) {
      ASSERT_EQ(error.kind(), octet::ErrorKind::kNotFound) << error.what();
    }
  }
  if (engines == 0) GTEST_SKIP() << "neither OpenVINO nor ONNX Runtime is installed (OCTET_OPENVINO, OCTET_ONNXRUNTIME)";
}

TEST_F(Api, ThrowsWhereARequirementIsNotMet) {
  const octet::Model models[] = {demo_model(), demo_model()};
  using Kind = octet::ErrorKind;
  const auto compare = [&](const char* require) { octet::compare(models[0], models[1], kDemo / "coco", {.limit = 3, .require = require}); };
  EXPECT_NO_THROW(compare("max-drop=0,min-fidelity=99"));
  EXPECT_EQ(kind_of_failure([&] { compare("min-ap=100"); }), Kind::kRequirement);
  EXPECT_EQ(kind_of_failure([&] { compare("most-drop=1"); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] { octet::bench(models, {.seconds = 0.05, .require = "min-speedup=1000000"}); }), Kind::kRequirement);
  const octet::RunOptions options{.bench_seconds = 0.05, .limit = 3, .require = "min-speedup=1000000"};
  const auto run = [&] { octet::run((kModelFolder / "yolo-fastest-1.1-xl.cfg").string(), kDemo / "coco", folder_ / "out", options); };
  EXPECT_EQ(kind_of_failure(run), Kind::kRequirement);
  EXPECT_TRUE(fs::is_regular_file(folder_ / "out/report.html"));
}

TEST_F(Api, WritesOnnxAndEndsItWhereItIsTold) {
  const fs::path file = folder_ / "model.onnx";
  demo_model().save_onnx(file);
  expect_same(octet::compile(octet::convert(file)).detect(kPicture), octet::compile(demo_model()).detect(kPicture), 1e-4);
  EXPECT_EQ(kind_of_failure([&] { demo_model().save_onnx(folder_ / "model.xml"); }), octet::ErrorKind::kInvalidArgument);
  try {
    octet::convert(file, {.outputs = {"no-such-value"}});
    ADD_FAILURE() << "nothing was thrown";
  } catch (const octet::Error& error) {
    EXPECT_NE(std::string(error.what()).find("no-such-value"), std::string::npos) << error.what();
  }
}

TEST_F(Api, QuantizesAndCompares) {
  const octet::Model model = demo_model();
  std::int64_t steps = 0;
  octet::QuantizeOptions options{.subset = 8, .threads = 2};
  options.progress = [&](std::int64_t, std::int64_t) { ++steps; };
  const octet::Model int8 = octet::quantize(model, kDemo / "coco", options);
  EXPECT_GE(steps, 8);
  EXPECT_EQ(kind_of_failure([&] { octet::quantize(int8, kDemo / "coco", options); }), octet::ErrorKind::kMalformed);

  const octet::Comparison comparison = octet::compare(model, int8, kDemo / "coco", {.limit = 12, .threads = 2});
  EXPECT_EQ(comparison.first.images, 12);
  EXPECT_EQ(comparison.second.images, 12);
  EXPECT_GT(comparison.first.ap, 0.1);
  EXPECT_NE(comparison.second.ap, comparison.first.ap);
  EXPECT_DOUBLE_EQ(comparison.drop, comparison.first.ap - comparison.second.ap);
  EXPECT_LT(comparison.drop_low, comparison.drop_high);
  EXPECT_GT(comparison.fidelity, 0.7);
  EXPECT_DOUBLE_EQ(octet::evaluate(model, kDemo / "coco", {.limit = 12, .threads = 1}).ap, comparison.first.ap);
}

TEST_F(Api, TellsOfEachClass) {
  const octet::Accuracy accuracy = octet::evaluate(demo_model(), kDemo / "coco", {.limit = 12});
  ASSERT_EQ(accuracy.classes.size(), 80u);
  EXPECT_EQ(accuracy.classes[0].name, "person");
  EXPECT_EQ(accuracy.classes[0].category_id, 1);
  double sum = 0;
  std::int64_t annotated = 0;
  for (const octet::ClassAccuracy& one : accuracy.classes) {
    EXPECT_EQ(one.objects > 0, one.ap >= 0) << one.name;
    sum += one.objects > 0 ? one.ap : 0;
    annotated += one.objects > 0;
  }
  EXPECT_NEAR(sum / static_cast<double>(annotated), accuracy.ap, 1e-12);
}

TEST_F(Api, CountsAsManyDetectionsAndDividesSizesAsAsked) {
  const octet::Model model = demo_model();
  const auto evaluate = [&](octet::EvaluateOptions options) {
    options.limit = 12;
    return octet::evaluate(model, kDemo / "coco", options);
  };
  const octet::Accuracy coco = evaluate({}), fewer = evaluate({.max_detections = {1, 10, 10}});
  EXPECT_EQ(fewer.ar100, coco.ar10);
  EXPECT_EQ(evaluate({.area_limits = {0, 0}}).ap_large, coco.ap);
  EXPECT_EQ(kind_of_failure([&] { evaluate({.max_detections = {10, 1, 100}}); }), octet::ErrorKind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] { evaluate({.max_detections = {0, 1, 100}}); }), octet::ErrorKind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] { evaluate({.area_limits = {9216, 1024}}); }), octet::ErrorKind::kInvalidArgument);
}

// bf16 is refused by CPUs that lack it, everywhere alike.
TEST_F(Api, MultipliesInBf16WhereThatIsAskedFor) {
  const octet::Model model = demo_model();
  const auto bf16 = octet::InferPrecision::kBf16;
  try {
    octet::Detector detector = octet::compile(model, {.infer_precision = bf16});
    EXPECT_NE(detector.detect(kPicture).at(0).score, octet::compile(model).detect(kPicture).at(0).score);
    EXPECT_GT(octet::evaluate(model, kDemo / "coco", {.limit = 4, .infer_precision = bf16}).ap, 0.1);
    EXPECT_EQ(octet::bench({&model, 1}, {.seconds = 0.05, .infer_precision = bf16}).size(), 1u);
  } catch (const octet::Error& error) {
    EXPECT_EQ(error.kind(), octet::ErrorKind::kUnsupported) << error.what();
    const auto refused = [&](const auto& act) { EXPECT_EQ(kind_of_failure(act), octet::ErrorKind::kUnsupported); };
    refused([&] { octet::evaluate(model, kDemo / "coco", {.limit = 4, .infer_precision = bf16}); });
    refused([&] { octet::bench({&model, 1}, {.seconds = 0.05, .infer_precision = bf16}); });
  }
}

TEST_F(Api, ExplainsWhatEachLayerCosts) {
  const fs::path page = folder_ / "page.html";
  octet::quantize(demo_model(), kDemo / "coco", {.subset = 3, .recipe = octet::Recipe::kPlain, .explain = page});
  const std::string text = contents(page);
  EXPECT_NE(text.find("<html"), std::string::npos);
  EXPECT_NE(text.find("yolo-fastest-1.1-xl"), std::string::npos);
}

TEST_F(Api, SavesFloatsInHalfTheSpace) {
  const octet::Model model = demo_model();
  model.save(folder_ / "full.xml");
  model.save(folder_ / "half.xml", {.fp16 = true});
  EXPECT_LT(fs::file_size(folder_ / "half.bin"), 0.6 * static_cast<double>(fs::file_size(folder_ / "full.bin")));
  expect_same(octet::compile(octet::load(folder_ / "half.xml")).detect(kPicture), octet::compile(model).detect(kPicture), 0.5);
  model.save_onnx(folder_ / "full.onnx");
  model.save_onnx(folder_ / "half.onnx", {.fp16 = true});
  EXPECT_LT(fs::file_size(folder_ / "half.onnx"), 0.6 * static_cast<double>(fs::file_size(folder_ / "full.onnx")));
}

TEST_F(Api, QuantizesByEveryRecipe) {
  const auto bytes = [&](octet::QuantizeOptions options) {
    options.subset = 6;
    octet::quantize(demo_model(), kDemo / "coco", options).save(folder_ / "int8.xml");
    return contents(folder_ / "int8.xml") + contents(folder_ / "int8.bin");
  };
  const std::string plain = bytes({.recipe = octet::Recipe::kPlain});
  EXPECT_EQ(bytes({.recipe = octet::Recipe::kPlain, .preset = octet::Preset::kAccuracy, .strict_int8 = true}), plain);
  EXPECT_NE(bytes({}), plain);
  EXPECT_NE(bytes({.recipe = octet::Recipe::kPlain, .preset = octet::Preset::kPerformance}), plain);
  EXPECT_NE(bytes({.recipe = octet::Recipe::kPlain, .target = octet::Target::kAvx2}), plain);
  EXPECT_NE(bytes({.recipe = octet::Recipe::kPlain, .range_estimator = "quantile"}), plain);
  EXPECT_EQ(bytes({.recipe = octet::Recipe::kPlain, .all_pictures = true}), plain);
  EXPECT_EQ(kind_of_failure([&] { bytes({.range_estimator = "guess"}); }), octet::ErrorKind::kInvalidArgument);
}

TEST_F(Api, RefusesGoalsThatDoNotFitTogether) {
  const octet::Model model = demo_model();
  const octet::QuantizeOptions wrong[] = {{.min_fidelity = 101},
                                          {.max_drop = -1},
                                          {.max_drop = std::nan("")},
                                          {.min_fidelity = 90, .max_drop = 1},
                                          {.strict_int8 = true, .min_fidelity = 90},
                                          {.recipe = octet::Recipe::kPlain, .max_drop = 1}};
  for (const octet::QuantizeOptions& options : wrong)
    EXPECT_EQ(kind_of_failure([&] { octet::quantize(model, kDemo / "coco", options); }), octet::ErrorKind::kInvalidArgument);
}

TEST_F(Api, SaysThatAGoalIsOutOfReach) {
  const auto model = octet::convert(OCTET_SOURCE_DIR "/tests/testdata/one_layer/one_layer.cfg");
  const auto quantize = [&] { octet::quantize(model, kDemo / "coco", {.subset = 9, .min_fidelity = 100}); };
  EXPECT_EQ(kind_of_failure(quantize), octet::ErrorKind::kRequirement);
}

TEST_F(Api, MeasuresModelsInTurn) {
  const octet::Model models[] = {demo_model(), demo_model()};
  const auto measured = octet::bench(models, {.seconds = 0.1});
  ASSERT_EQ(measured.size(), 2u);
  for (const octet::Latency& one : measured) {
    EXPECT_FALSE(one.latencies_ms.empty());
    EXPECT_GT(one.min_ms, 0);
    EXPECT_LE(one.min_ms, one.median_ms);
    EXPECT_LE(one.median_ms, one.p90_ms);
    EXPECT_GT(one.throughput, 0);
  }
  using Kind = octet::ErrorKind;
  EXPECT_EQ(kind_of_failure([&] { octet::bench({}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] { octet::bench(models, {.seconds = -1}); }), Kind::kInvalidArgument);
  EXPECT_EQ(octet::bench(models, {.seconds = 0}).size(), 2u);
  EXPECT_EQ(kind_of_failure([&] { octet::bench(models, {.streams = 0}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([&] { octet::bench(models, {.threads = -1}); }), Kind::kInvalidArgument);
}

TEST_F(Api, RunsTheWholeWorkflow) {
  std::vector<std::string> steps;
  octet::RunOptions options{.bench_seconds = 0.1, .limit = 4, .threads = 2};
  options.step = [&](std::string_view step) {
    steps.emplace_back(step);
    return octet::Progress();
  };
  const octet::RunResult result = octet::run((kModelFolder / "yolo-fastest-1.1-xl.cfg").string(), kDemo / "coco", folder_ / "out", options);
  EXPECT_EQ(steps.size(), 7u);
  EXPECT_TRUE(fs::is_regular_file(result.report));
  EXPECT_EQ(octet::load(result.int8).name(), octet::load(result.fp32).name());
  EXPECT_EQ(result.comparison.first.images, 4);
  EXPECT_GT(result.fp32_latency.median_ms, 0);
  EXPECT_GT(result.int8_latency.median_ms, 0);
  EXPECT_EQ(kind_of_failure([&] { octet::run("no-such-model", kDemo / "coco", folder_ / "none", options); }), octet::ErrorKind::kNotFound);
  EXPECT_FALSE(fs::exists(folder_ / "none"));
}

TEST_F(Api, WarnsOfAPictureThatCannotBeRead) {
  fs::copy_file(kPicture, folder_ / "good.jpg");
  std::ofstream(folder_ / "bad.jpg") << "no picture";
  std::vector<std::string> warnings;
  octet::QuantizeOptions options;
  options.warn = [&](std::string_view message) { warnings.emplace_back(message); };
  octet::quantize(demo_model(), folder_, options);
  ASSERT_EQ(warnings.size(), 2u);
  EXPECT_NE(warnings[0].find("only 2 pictures to calibrate with"), std::string::npos) << warnings[0];
  EXPECT_NE(warnings[1].find("bad.jpg"), std::string::npos) << warnings[1];
}

TEST_F(Api, DrawsOnTheImage) {
  const std::vector<std::uint8_t> black(std::size_t{64} * 48 * 3);
  octet::Image image{64, 48, black};
  octet::draw(image, std::vector<octet::Detection>{{"cat", 0, 0.9f, 10, 20, 50, 40}});
  EXPECT_NE(image.bgr, black);
  octet::write_image(folder_ / "drawn.png", image);
  EXPECT_EQ(octet::read_image(folder_ / "drawn.png").bgr, image.bgr);
}

TEST_F(Api, ThrowsErrorsThatSayWhatIsWrong) {
  using Kind = octet::ErrorKind;
  EXPECT_EQ(kind_of_failure([] { octet::load("no/such.xml"); }), Kind::kNotFound);
  EXPECT_EQ(kind_of_failure([] { octet::convert("no/such.cfg"); }), Kind::kNotFound);
  EXPECT_EQ(kind_of_failure([] { octet::convert(kPicture); }), Kind::kMalformed);
  EXPECT_EQ(kind_of_failure([] { octet::read_image(kDemo / "ATTRIBUTION.md"); }), Kind::kMalformed);
  EXPECT_EQ(kind_of_failure([] { octet::compile(demo_model(), {.threads = -1}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([] { octet::quantize(demo_model(), kDemo / "coco", {.subset = -1}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([] { octet::evaluate(demo_model(), kDemo / "coco", {.limit = -1}); }), Kind::kInvalidArgument);
  EXPECT_EQ(kind_of_failure([] { octet::evaluate(demo_model(), kModelFolder); }), Kind::kNotFound);
  std::ofstream(folder_ / "file") << "in the way";
  EXPECT_EQ(kind_of_failure([&] { demo_model().save(folder_ / "file" / "model.xml"); }), Kind::kIo);
}

TEST_F(Api, RefusesAnInstructionSetThatIsNotThere) {
  const octet::Model model = demo_model();
  ::setenv("OCTET_ISA", "avx1000", 1);
  EXPECT_EQ(kind_of_failure([&] { octet::compile(model); }), octet::ErrorKind::kInvalidArgument);
  ::unsetenv("OCTET_ISA");
}

// The calls come from worker threads, where an exception would end the program.
TEST_F(Api, TurnsWhatAWorkerThreadThrowsIntoAnError) {
  const octet::Model model = demo_model();
  octet::QuantizeOptions options;
  options.threads = 3;
  options.progress = [](std::int64_t done, std::int64_t) {
    if (done >= 2) throw std::bad_alloc();
  };
  try {
    octet::quantize(model, kDemo / "coco/train2017", options);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const octet::Error& error) {
    EXPECT_EQ(error.kind(), octet::ErrorKind::kInternal);
    EXPECT_STREQ(error.what(), "out of memory");
  }
}

TEST_F(Api, RefusesPixelsThatAreNotThere) {
  octet::Detector detector = octet::compile(demo_model());
  const std::vector<std::uint8_t> bytes(std::size_t{3} * 10 * 10);
  const auto kind = [&](int width, int height, std::size_t row_bytes) {
    return kind_of_failure([&] { detector.detect(octet::ImageView(bytes, width, height, row_bytes)); });
  };
  using Kind = octet::ErrorKind;
  EXPECT_EQ(kind(0, 10, 0), Kind::kInvalidArgument);
  EXPECT_EQ(kind(10, -1, 0), Kind::kInvalidArgument);
  EXPECT_EQ(kind(10, 11, 0), Kind::kInvalidArgument);
  EXPECT_EQ(kind(11, 10, 0), Kind::kInvalidArgument);
  EXPECT_EQ(kind(10, 10, 29), Kind::kInvalidArgument);
  EXPECT_EQ(kind(10, 10, 31), Kind::kInvalidArgument);
  EXPECT_EQ(kind(10, 10, ~std::size_t{0}), Kind::kInvalidArgument);
  EXPECT_EQ(kind(1 << 20, 1 << 20, 0), Kind::kInvalidArgument);
  EXPECT_NO_THROW(detector.detect(octet::ImageView(bytes, 10, 10)));
}

}  // namespace
