// The C interface gives what the C++ interface gives, and bears arguments that are wrong.
#include <octet/octet.h>
#include <octet/octet_c.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace fs = std::filesystem;

const std::string kDemo = OCTET_SOURCE_DIR "/demo";
const std::string kModelFolder = kDemo + "/yolo-fastest-1.1-xl";
const std::string kCfg = kModelFolder + "/yolo-fastest-1.1-xl.cfg";
const std::string kPicture = kDemo + "/coco/val2017/000000030213.jpg";
const std::string kCoco = kDemo + "/coco";

template <auto kFree>
struct Free {
  template <typename Handle>
  void operator()(Handle* handle) const {
    kFree(handle);
  }
};
using ModelHandle = std::unique_ptr<octet_model, Free<octet_model_free>>;
using DetectorHandle = std::unique_ptr<octet_detector, Free<octet_detector_free>>;
using DetectionsHandle = std::unique_ptr<octet_detections, Free<octet_detections_free>>;
using ImageHandle = std::unique_ptr<octet_image, Free<octet_image_free>>;

ModelHandle demo_model() {
  octet_model* model = nullptr;
  EXPECT_EQ(octet_convert(kCfg.c_str(), nullptr, &model), OCTET_OK) << octet_error_message();
  return ModelHandle(model);
}

DetectorHandle demo_detector() {
  octet_detector* detector = nullptr;
  EXPECT_EQ(octet_compile(demo_model().get(), nullptr, &detector), OCTET_OK) << octet_error_message();
  return DetectorHandle(detector);
}

ImageHandle demo_image() {
  octet_image* image = nullptr;
  EXPECT_EQ(octet_read_image(kPicture.c_str(), &image), OCTET_OK) << octet_error_message();
  return ImageHandle(image);
}

// The call failed so, with a message that has `part` in it.
void expect_failure(octet_status status, octet_status wanted, const std::string& part) {
  EXPECT_EQ(status, wanted);
  const std::string message = octet_error_message();
  EXPECT_NE(message.find(part), std::string::npos) << message;
  EXPECT_EQ(message.find('\n'), std::string::npos) << message;
}

void expect_same(const octet_detections* found, const std::vector<octet::Detection>& wanted) {
  ASSERT_EQ(octet_detections_count(found), wanted.size());
  const octet_detection* rows = octet_detections_data(found);
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    EXPECT_EQ(rows[i].label, wanted[i].label);
    EXPECT_EQ(rows[i].class_index, wanted[i].class_index);
    EXPECT_EQ(rows[i].score, wanted[i].score);
    EXPECT_EQ(rows[i].x0, wanted[i].x0);
    EXPECT_EQ(rows[i].y0, wanted[i].y0);
    EXPECT_EQ(rows[i].x1, wanted[i].x1);
    EXPECT_EQ(rows[i].y1, wanted[i].y1);
  }
}

class CInterface : public testing::Test {
 protected:
  CInterface() { fs::create_directories(folder_); }
  ~CInterface() override { fs::remove_all(folder_); }

  std::string file(const char* name) const { return (folder_ / name).string(); }

  const fs::path folder_ = fs::path(testing::TempDir()) / ("octet-c-" + std::to_string(::getpid()));
};

TEST_F(CInterface, DescribesAModel) {
  const ModelHandle model = demo_model();
  EXPECT_STREQ(octet_model_name(model.get()), "yolo-fastest-1.1-xl");
  EXPECT_EQ(octet_model_input_width(model.get()), 320);
  EXPECT_EQ(octet_model_input_height(model.get()), 320);
  ASSERT_EQ(octet_model_label_count(model.get()), 80u);
  EXPECT_STREQ(octet_model_label(model.get(), 0), "person");
  EXPECT_EQ(octet_model_label(model.get(), 80), nullptr);
  EXPECT_EQ(octet_version(), octet::version());
}

TEST_F(CInterface, FindsWhatTheCppInterfaceFinds) {
  octet::Detector wanted = octet::compile(octet::convert(kCfg));
  const DetectorHandle detector = demo_detector();
  octet_detections* found = nullptr;
  ASSERT_EQ(octet_detect_file(detector.get(), kPicture.c_str(), nullptr, &found), OCTET_OK) << octet_error_message();
  expect_same(DetectionsHandle(found).get(), wanted.detect(fs::path(kPicture)));

  const octet_detect_options options = {0.01, 7, 0};
  const ImageHandle image = demo_image();
  const octet_image_view pixels = octet_image_pixels(image.get());
  ASSERT_EQ(octet_detect(detector.get(), &pixels, &options, &found), OCTET_OK) << octet_error_message();
  EXPECT_EQ(octet_detections_count(found), 7u);
  expect_same(DetectionsHandle(found).get(), wanted.detect(octet::read_image(kPicture), {.score_threshold = 0.01, .max_detections = 7}));
}

TEST_F(CInterface, DefaultsAreThoseOfTheCppInterface) {
  const octet_detect_options detect = OCTET_DETECT_OPTIONS_INIT;
  EXPECT_EQ(detect.score_threshold, octet::DetectOptions().score_threshold);
  EXPECT_EQ(detect.max_detections, octet::DetectOptions().max_detections);
  const octet_evaluate_options evaluate = OCTET_EVALUATE_OPTIONS_INIT;
  EXPECT_EQ(evaluate.score_threshold, octet::EvaluateOptions().score_threshold);
  EXPECT_EQ(evaluate.limit, octet::EvaluateOptions().limit);
  EXPECT_EQ(std::to_array(evaluate.max_detections), octet::EvaluateOptions().max_detections);
  EXPECT_EQ(std::to_array(evaluate.area_limits), octet::EvaluateOptions().area_limits);
  const octet_quantize_options quantize = OCTET_QUANTIZE_OPTIONS_INIT;
  EXPECT_EQ(quantize.subset, octet::QuantizeOptions().subset);
  EXPECT_EQ(quantize.seed, octet::QuantizeOptions().seed);
  EXPECT_EQ(quantize.recipe, static_cast<int>(octet::QuantizeOptions().recipe));
  EXPECT_EQ(quantize.preset, static_cast<int>(octet::QuantizeOptions().preset));
  EXPECT_EQ(quantize.target, static_cast<int>(octet::QuantizeOptions().target));
  EXPECT_LT(quantize.min_fidelity, 0);
  EXPECT_LT(quantize.max_drop, 0);
}

TEST_F(CInterface, HandsOptionsOn) {
  const ModelHandle model = demo_model();
  octet_detector* detector = nullptr;
  const octet_compile_options compile = {1, "steam", OCTET_INFER_F32};
  expect_failure(octet_compile(model.get(), &compile, &detector), OCTET_INVALID_ARGUMENT, "steam");
  octet_evaluate_options evaluate = OCTET_EVALUATE_OPTIONS_INIT;
  octet_accuracy accuracy;
  evaluate.annotations = "no.json";
  expect_failure(octet_evaluate(model.get(), kCoco.c_str(), &evaluate, &accuracy), OCTET_NOT_FOUND, "no.json");
  evaluate = OCTET_EVALUATE_OPTIONS_INIT;
  evaluate.limit = 2;
  evaluate.require = "min-ap=100";
  expect_failure(octet_evaluate(model.get(), kCoco.c_str(), &evaluate, &accuracy), OCTET_REQUIREMENT, "min-ap");
  evaluate = OCTET_EVALUATE_OPTIONS_INIT;
  evaluate.max_detections[0] = 200;
  expect_failure(octet_evaluate(model.get(), kCoco.c_str(), &evaluate, &accuracy), OCTET_INVALID_ARGUMENT, "max-detections");
  evaluate = OCTET_EVALUATE_OPTIONS_INIT;
  evaluate.infer_precision = 7;
  expect_failure(octet_evaluate(model.get(), kCoco.c_str(), &evaluate, &accuracy), OCTET_INVALID_ARGUMENT, "infer_precision is 7");
  octet_quantize_options quantize = OCTET_QUANTIZE_OPTIONS_INIT;
  quantize.range_estimator = "guess";
  octet_model* made = nullptr;
  expect_failure(octet_quantize(model.get(), kCoco.c_str(), &quantize, &made), OCTET_INVALID_ARGUMENT, "guess");
  const std::string onnx = file("model.onnx");
  ASSERT_EQ(octet_save_onnx(model.get(), onnx.c_str(), nullptr), OCTET_OK) << octet_error_message();
  const char* outputs[] = {"no-such-value", nullptr};
  octet_convert_options convert = OCTET_CONVERT_OPTIONS_INIT;
  convert.outputs = outputs;
  EXPECT_NE(octet_convert(onnx.c_str(), &convert, &made), OCTET_OK);
  EXPECT_NE(std::string(octet_error_message()).find("no-such-value"), std::string::npos) << octet_error_message();
}

TEST_F(CInterface, SavesAndLoads) {
  const std::string xml = file("model.xml");
  ASSERT_EQ(octet_save(demo_model().get(), xml.c_str(), nullptr), OCTET_OK) << octet_error_message();
  octet_model* loaded = nullptr;
  ASSERT_EQ(octet_load(xml.c_str(), &loaded), OCTET_OK) << octet_error_message();
  EXPECT_STREQ(octet_model_name(ModelHandle(loaded).get()), "yolo-fastest-1.1-xl");
}

TEST_F(CInterface, SavesFloatsInHalfTheSpace) {
  const octet_save_options half = {1};
  const ModelHandle model = demo_model();
  ASSERT_EQ(octet_save(model.get(), file("full.xml").c_str(), nullptr), OCTET_OK) << octet_error_message();
  ASSERT_EQ(octet_save(model.get(), file("half.xml").c_str(), &half), OCTET_OK) << octet_error_message();
  EXPECT_LT(fs::file_size(file("half.bin")), 0.6 * static_cast<double>(fs::file_size(file("full.bin"))));
}

TEST_F(CInterface, ConvertsWithOptionsAndByName) {
  fs::copy_file(kCfg, folder_ / "mine.cfg");
  octet_convert_options options = OCTET_CONVERT_OPTIONS_INIT;
  const std::string weights = kModelFolder + "/yolo-fastest-1.1-xl.weights";
  options.weights = weights.c_str();
  octet_model* model = nullptr;
  ASSERT_EQ(octet_convert(file("mine.cfg").c_str(), &options, &model), OCTET_OK) << octet_error_message();
  EXPECT_STREQ(octet_model_name(ModelHandle(model).get()), "mine");

  const std::vector<std::string> names = octet::known_models();
  const char* const* known = octet_known_models();
  for (const std::string& name : names) EXPECT_EQ(*known++, name);
  EXPECT_EQ(*known, nullptr);
  ASSERT_EQ(octet_convert_known("yolo-fastest-1.1-xl", kModelFolder.c_str(), nullptr, &model), OCTET_OK) << octet_error_message();
  EXPECT_STREQ(octet_model_name(ModelHandle(model).get()), "yolo-fastest-1.1-xl");
}

TEST_F(CInterface, QuantizesAndComparesAsTheCppInterface) {
  int steps = 0;
  octet_quantize_options options = OCTET_QUANTIZE_OPTIONS_INIT;
  options.subset = 3;
  options.threads = 2;
  options.callbacks.user = &steps;
  options.callbacks.progress = [](void* user, std::int64_t, std::int64_t) {
    ++*static_cast<int*>(user);
    return 0;
  };
  const ModelHandle model = demo_model();
  octet_model* made = nullptr;
  ASSERT_EQ(octet_quantize(model.get(), kCoco.c_str(), &options, &made), OCTET_OK) << octet_error_message();
  const ModelHandle int8(made);
  EXPECT_GE(steps, 3);

  octet_evaluate_options settings = OCTET_EVALUATE_OPTIONS_INIT;
  settings.limit = 6;
  std::array<std::vector<double>, 2> classes;
  settings.callbacks.user = &classes;
  settings.class_accuracy = [](void* user, std::int32_t of, const octet_class_accuracy* one) {
    (*static_cast<std::array<std::vector<double>, 2>*>(user))[static_cast<std::size_t>(of)].push_back(one->ap);
  };
  octet_comparison comparison;
  ASSERT_EQ(octet_compare(model.get(), int8.get(), kCoco.c_str(), &settings, &comparison), OCTET_OK) << octet_error_message();
  const octet::Model fp32 = octet::convert(kCfg);
  const octet::Comparison wanted = octet::compare(fp32, octet::quantize(fp32, kCoco, {.subset = 3, .threads = 2}), kCoco, {.limit = 6});
  EXPECT_EQ(comparison.first.ap, wanted.first.ap);
  EXPECT_EQ(comparison.first.ar_large, wanted.first.ar_large);
  EXPECT_EQ(comparison.second.ap50, wanted.second.ap50);
  EXPECT_EQ(comparison.second.images, 6);
  EXPECT_EQ(comparison.drop, wanted.drop);
  EXPECT_EQ(comparison.drop_low, wanted.drop_low);
  EXPECT_EQ(comparison.drop_high, wanted.drop_high);
  EXPECT_EQ(comparison.fidelity, wanted.fidelity);
  ASSERT_EQ(classes[0].size(), wanted.first.classes.size());
  for (std::size_t i = 0; i < classes[0].size(); ++i) EXPECT_EQ(classes[0][i], wanted.first.classes[i].ap);
  EXPECT_EQ(classes[1].size(), classes[0].size());
  settings.class_accuracy = nullptr;
  octet_accuracy accuracy;
  ASSERT_EQ(octet_evaluate(model.get(), kCoco.c_str(), &settings, &accuracy), OCTET_OK) << octet_error_message();
  EXPECT_EQ(accuracy.ap, wanted.first.ap);
}

TEST_F(CInterface, RefusesRecipesThatAreNone) {
  const ModelHandle model = demo_model();
  octet_model* int8 = nullptr;
  octet_quantize_options options = OCTET_QUANTIZE_OPTIONS_INIT;
  options.recipe = 3;
  expect_failure(octet_quantize(model.get(), kCoco.c_str(), &options, &int8), OCTET_INVALID_ARGUMENT, "recipe is 3");
  options = OCTET_QUANTIZE_OPTIONS_INIT;
  options.max_drop = 101;
  expect_failure(octet_quantize(model.get(), kCoco.c_str(), &options, &int8), OCTET_INVALID_ARGUMENT, "max_drop is 101");
}

TEST_F(CInterface, WarnsOfAPictureThatCannotBeRead) {
  fs::copy_file(kPicture, folder_ / "good.jpg");
  fs::copy_file(kCfg, folder_ / "bad.jpg");
  std::string warnings;
  octet_quantize_options options = OCTET_QUANTIZE_OPTIONS_INIT;
  options.callbacks.user = &warnings;
  options.callbacks.warn = [](void* user, const char* message) { *static_cast<std::string*>(user) += message; };
  octet_model* int8 = nullptr;
  ASSERT_EQ(octet_quantize(demo_model().get(), folder_.c_str(), &options, &int8), OCTET_OK) << octet_error_message();
  octet_model_free(int8);
  EXPECT_NE(warnings.find("bad.jpg"), std::string::npos) << warnings;
}

TEST_F(CInterface, EndsWhenTheCallbackAsksForIt) {
  octet_quantize_options options = OCTET_QUANTIZE_OPTIONS_INIT;
  options.threads = 3;
  options.callbacks.progress = [](void*, std::int64_t done, std::int64_t) { return done >= 2 ? 1 : 0; };
  octet_model* int8 = nullptr;
  expect_failure(octet_quantize(demo_model().get(), kCoco.c_str(), &options, &int8), OCTET_CANCELLED, "callback");
  EXPECT_EQ(int8, nullptr);
}

TEST_F(CInterface, DrawsOnACopyOfThePixels) {
  const std::vector<std::uint8_t> black(std::size_t{48} * 200);
  const octet_image_view pixels = {black.data(), black.size(), 64, 48, 200};
  octet_image* copy = nullptr;
  ASSERT_EQ(octet_copy_image(&pixels, &copy), OCTET_OK) << octet_error_message();
  const ImageHandle image(copy);
  const octet_detection cat = {"cat", 0, 0.9f, 10, 20, 50, 40};
  ASSERT_EQ(octet_draw(copy, &cat, 1), OCTET_OK) << octet_error_message();
  ASSERT_EQ(octet_draw(copy, nullptr, 0), OCTET_OK) << octet_error_message();
  ASSERT_EQ(octet_write_image(copy, file("drawn.png").c_str()), OCTET_OK) << octet_error_message();

  octet::Image wanted{64, 48, std::vector<std::uint8_t>(std::size_t{64} * 48 * 3)};
  octet::draw(wanted, std::vector<octet::Detection>{{"cat", 0, 0.9f, 10, 20, 50, 40}});
  EXPECT_EQ(octet::read_image(file("drawn.png")).bgr, wanted.bgr);
}

TEST_F(CInterface, SaysWhatIsWrong) {
  const ModelHandle model = demo_model();
  octet_model* made = nullptr;
  expect_failure(octet_load("no/such.xml", &made), OCTET_NOT_FOUND, "no/such.xml");
  EXPECT_EQ(made, nullptr);
  expect_failure(octet_convert(kPicture.c_str(), nullptr, &made), OCTET_MALFORMED, "000000030213.jpg");
  expect_failure(octet_convert_known("no-such-model", kDemo.c_str(), nullptr, &made), OCTET_NOT_FOUND, "no-such-model");
  fs::copy_file(kCfg, folder_ / "in the way");
  expect_failure(octet_save(model.get(), file("in the way/model.xml").c_str(), nullptr), OCTET_IO, "in the way");
  octet_detector* detector = nullptr;
  const octet_compile_options negative = {-1, nullptr, OCTET_INFER_F32};
  expect_failure(octet_compile(model.get(), &negative, &detector), OCTET_INVALID_ARGUMENT, "threads");
  octet_accuracy accuracy = {};
  accuracy.ap = 0.5;
  expect_failure(octet_evaluate(model.get(), kModelFolder.c_str(), nullptr, &accuracy), OCTET_NOT_FOUND, "yolo-fastest");
  EXPECT_EQ(accuracy.ap, 0.5);
}

TEST_F(CInterface, RefusesPixelsThatAreNotThere) {
  const DetectorHandle detector = demo_detector();
  const std::vector<std::uint8_t> bytes(300);
  octet_detections* found = nullptr;
  for (const octet_image_view& wrong : {octet_image_view{bytes.data(), 300, 0, 10, 0}, octet_image_view{bytes.data(), 300, 10, -1, 0},
                                        octet_image_view{bytes.data(), 299, 10, 10, 0}, octet_image_view{bytes.data(), 300, 10, 10, 29},
                                        octet_image_view{bytes.data(), 300, 10, 10, SIZE_MAX}})
    expect_failure(octet_detect(detector.get(), &wrong, nullptr, &found), OCTET_INVALID_ARGUMENT, "image");
  const octet_image_view none = {nullptr, 300, 10, 10, 0};
  expect_failure(octet_detect(detector.get(), &none, nullptr, &found), OCTET_INVALID_ARGUMENT, "pixels->bgr is null");
  octet_image* image = nullptr;
  expect_failure(octet_copy_image(&none, &image), OCTET_INVALID_ARGUMENT, "pixels->bgr is null");
}

TEST_F(CInterface, RefusesNullWhereSomethingMustBe) {
  const ModelHandle model = demo_model();
  const DetectorHandle detector = demo_detector();
  const ImageHandle image = demo_image();
  octet_model* made = model.get();
  octet_detector* compiled = nullptr;
  octet_detections* found = nullptr;
  octet_image* read = nullptr;
  octet_accuracy accuracy;
  octet_comparison comparison;
  const octet_image_view pixels = octet_image_pixels(image.get());
  const octet_detection nameless = {nullptr, 0, 0.9f, 1, 1, 2, 2};
  const octet_status all[] = {
      octet_load(nullptr, &made),
      octet_load("model.xml", nullptr),
      octet_convert(nullptr, nullptr, &made),
      octet_convert(kCfg.c_str(), nullptr, nullptr),
      octet_convert_known(nullptr, kDemo.c_str(), nullptr, &made),
      octet_convert_known("yolov4", nullptr, nullptr, &made),
      octet_convert_known("yolov4", kDemo.c_str(), nullptr, nullptr),
      octet_quantize(nullptr, kCoco.c_str(), nullptr, &made),
      octet_quantize(model.get(), nullptr, nullptr, &made),
      octet_quantize(model.get(), kCoco.c_str(), nullptr, nullptr),
      octet_save(nullptr, "model.xml", nullptr),
      octet_save(model.get(), nullptr, nullptr),
      octet_save_onnx(nullptr, "model.onnx", nullptr),
      octet_save_onnx(model.get(), nullptr, nullptr),
      octet_compile(nullptr, nullptr, &compiled),
      octet_compile(model.get(), nullptr, nullptr),
      octet_detect(nullptr, &pixels, nullptr, &found),
      octet_detect(detector.get(), nullptr, nullptr, &found),
      octet_detect(detector.get(), &pixels, nullptr, nullptr),
      octet_detect_file(nullptr, kPicture.c_str(), nullptr, &found),
      octet_detect_file(detector.get(), nullptr, nullptr, &found),
      octet_detect_file(detector.get(), kPicture.c_str(), nullptr, nullptr),
      octet_read_image(nullptr, &read),
      octet_read_image(kPicture.c_str(), nullptr),
      octet_read_upright_image(nullptr, &read),
      octet_read_upright_image(kPicture.c_str(), nullptr),
      octet_copy_image(nullptr, &read),
      octet_copy_image(&pixels, nullptr),
      octet_write_image(nullptr, "drawn.png"),
      octet_write_image(image.get(), nullptr),
      octet_draw(nullptr, nullptr, 0),
      octet_draw(image.get(), nullptr, 1),
      octet_draw(image.get(), &nameless, 1),
      octet_evaluate(nullptr, kCoco.c_str(), nullptr, &accuracy),
      octet_evaluate(model.get(), nullptr, nullptr, &accuracy),
      octet_evaluate(model.get(), kCoco.c_str(), nullptr, nullptr),
      octet_compare(nullptr, model.get(), kCoco.c_str(), nullptr, &comparison),
      octet_compare(model.get(), nullptr, kCoco.c_str(), nullptr, &comparison),
      octet_compare(model.get(), model.get(), nullptr, nullptr, &comparison),
      octet_compare(model.get(), model.get(), kCoco.c_str(), nullptr, nullptr),
  };
  for (const octet_status& status : all) EXPECT_EQ(status, OCTET_INVALID_ARGUMENT) << "call " << &status - all;
  EXPECT_EQ(made, nullptr);
}

TEST_F(CInterface, AnswersNothingForHandlesThatAreNull) {
  EXPECT_EQ(octet_model_name(nullptr), nullptr);
  EXPECT_EQ(octet_model_input_width(nullptr), 0);
  EXPECT_EQ(octet_model_input_height(nullptr), 0);
  EXPECT_EQ(octet_model_label_count(nullptr), 0u);
  EXPECT_EQ(octet_model_label(nullptr, 0), nullptr);
  EXPECT_EQ(octet_detections_count(nullptr), 0u);
  EXPECT_EQ(octet_detections_data(nullptr), nullptr);
  EXPECT_EQ(octet_image_pixels(nullptr).bgr, nullptr);
  octet_model_free(nullptr);
  octet_detector_free(nullptr);
  octet_detections_free(nullptr);
  octet_image_free(nullptr);
}

TEST_F(CInterface, KeepsAMessageForEachThread) {
  octet_model* model = nullptr;
  expect_failure(octet_load("here.xml", &model), OCTET_NOT_FOUND, "here.xml");
  std::thread([] {
    EXPECT_STREQ(octet_error_message(), "");
    octet_model* other = nullptr;
    expect_failure(octet_load("there.xml", &other), OCTET_NOT_FOUND, "there.xml");
  }).join();
  EXPECT_NE(std::string(octet_error_message()).find("here.xml"), std::string::npos);
}

}  // namespace
