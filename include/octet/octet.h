// The C++ interface of octet: load or convert a detector, quantize it, run it, measure it.
//
//   octet::Model model = octet::convert("yolov4-tiny.cfg");
//   octet::Model int8 = octet::quantize(model, "photographs");
//   octet::Detector detector = octet::compile(int8);
//   for (const octet::Detection& found : detector.detect("street.jpg")) ...
//
// Whatever fails throws octet::Error, whose message names the file and says what to do; nothing is printed. Functions may be
// called from several threads at once, but for those of one Detector. Callbacks may be called from other threads, one call
// at a time; what they throw ends the call as an Error. Needs C++20 and nothing but the standard library.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#define OCTET_API __attribute__((visibility("default")))

// Users write octet::Model for octet::v1::Model. The version in every symbol keeps programs built for different interfaces
// apart, and octet::Error here from the octet::Error of the library's own code, which does not take the names over (see the end).
namespace octet::v1 {

// --- Errors and callbacks ---

enum class ErrorKind {
  kInvalidArgument,  // an argument or an option is wrong
  kNotFound,         // a file is absent or cannot be opened
  kMalformed,        // a file is not what it claims to be
  kUnsupported,      // a file uses something that octet lacks
  kIo,               // a file cannot be written
  kInternal,         // everything else
  kRequirement,      // what was asked of a model cannot be reached
};

// The one exception of this interface: running out of memory is one too (kInternal). what() is one line.
class OCTET_API Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message);
  ~Error() override;
  ErrorKind kind() const noexcept { return kind_; }

 private:
  ErrorKind kind_;
};

// Told of steps done so far out of `total`. May be empty.
using Progress = std::function<void(std::int64_t done, std::int64_t total)>;
// Told of something that is no failure, such as a picture that was skipped. May be empty.
using Warn = std::function<void(std::string_view message)>;

// Of the library that runs, such as "0.1.0".
OCTET_API std::string version();

// --- Pictures ---

// Interleaved bytes B, G, R, rows from the top without gaps: 3 * width * height of them.
struct Image {
  int width = 0, height = 0;  // pixels
  std::vector<std::uint8_t> bgr;
};

// The same bytes in memory of the caller's, where rows may have gaps; those of a cv::Mat of type CV_8UC3 are
// {std::span(mat.data, mat.step * mat.rows), mat.cols, mat.rows, mat.step}.
struct ImageView {
  // row_bytes: from the start of a row to the start of the next; 0 stands for 3 * width.
  ImageView(std::span<const std::uint8_t> bgr_bytes, int width_px, int height_px, std::size_t bytes_of_row = 0)
      : bgr(bgr_bytes), width(width_px), height(height_px), row_bytes(bytes_of_row) {}
  ImageView(const Image& image) : ImageView(image.bgr, image.width, image.height) {}

  std::span<const std::uint8_t> bgr;
  int width = 0, height = 0;  // pixels
  std::size_t row_bytes = 0;
};

// An object that was found. The box has its corners in pixels of the picture: x0 <= x1 from the left, y0 <= y1 from the top.
struct Detection {
  std::string label;    // name of the class, or its number where the model knows no names
  int class_index = 0;  // of the model's own list of classes
  float score = 0;      // 0..1
  float x0 = 0, y0 = 0, x1 = 0, y1 = 0;
};

struct ReadOptions {
  bool exif = false;  // turn the picture as its EXIF orientation says, which is ignored else
};

// Decodes a JPEG, PNG, BMP, WebP or TIFF file: grey becomes BGR, 16 bits become 8, alpha is dropped. Of several pages or frames it takes
// the first.
// Throws kNotFound; kMalformed for a file that is no such picture, lacks pixels or has more than 100 million pixels.
OCTET_API Image read_image(const std::filesystem::path& path, const ReadOptions& options = {});

// Encodes as JPEG or PNG by the extension of `path`. Throws kInvalidArgument, kIo.
OCTET_API void write_image(const std::filesystem::path& path, const Image& image);

// Draws boxes with label and score, a colour a class. Throws kInvalidArgument if `image` has another number of bytes.
OCTET_API void draw(Image& image, std::span<const Detection> detections);

// --- Models ---

struct SaveOptions {
  bool fp16 = false;  // store floats as FP16, in half the space; they are computed with as FP32
};

// A network and what it says of itself: how a picture enters it and how its outputs become boxes. Copies are cheap.
class OCTET_API Model {
 public:
  struct Impl;
  explicit Model(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  // No move that would leave an empty model behind.
  Model(const Model&) = default;
  Model& operator=(const Model&) = default;
  ~Model() = default;

  std::string name() const;
  // Pixels that a picture of any size is scaled to.
  int input_width() const;
  int input_height() const;
  std::vector<std::string> labels() const;  // by class index; may be empty

  // Writes an OpenVINO IR, version 11: `xml` and the .bin file beside it, both or none. Throws kIo.
  void save(const std::filesystem::path& xml, const SaveOptions& options = {}) const;
  // Writes an ONNX model; what is quantized as QuantizeLinear and DequantizeLinear. Throws kUnsupported for what ONNX cannot express, kIo.
  void save_onnx(const std::filesystem::path& onnx, const SaveOptions& options = {}) const;

  const Impl& impl() const { return *impl_; }

 private:
  std::shared_ptr<const Impl> impl_;
};

// Reads an IR that octet wrote, FP32 or INT8, or another one whose rt_info has the keys of docs/model_info.md.
// Throws kNotFound; kMalformed; kUnsupported if the IR has an unknown operation or does not say how it is decoded.
OCTET_API Model load(const std::filesystem::path& xml);

struct ConvertOptions {
  std::filesystem::path weights = {};  // of a Darknet cfg; default: beside it, with its name
  std::string description = {};        // what the source cannot tell: name of a known model, or path of a .yml file
  std::filesystem::path labels = {};   // file with the names of the classes, one a line; default: what source and description say
  Warn warn = {};
  std::vector<std::string> outputs =
      {};  // values of an ONNX model, by their names in the file, at which the graph is to end; empty: its own
};

// A published file as a model, in FP32 unless it is quantized, which keeps its scales. Of these kinds:
//   a Darknet network (.cfg)
//   an ONNX model (.onnx)
//   a frozen TensorFlow graph (.pb)
//   a TensorFlow.js graph model (.json) with its shards beside it
//   a TensorFlow SavedModel (folder with saved_model.pb)
//   a TensorFlow Lite model (.tflite)
//   an OpenVINO IR of another program (.xml)
// Throws kNotFound, kMalformed, kUnsupported.
OCTET_API Model convert(const std::filesystem::path& source, const ConvertOptions& options = {});

// Names of the models whose files and descriptions octet knows, such as "ssdlite_mobilenet_v2_coco", sorted.
OCTET_API std::vector<std::string> known_models();

// A known model in FP32 from its published files, which lie in `model_dir`; size and SHA-384 are checked where they are
// published. Throws kNotFound for an unknown name or an absent file, and what convert() throws.
OCTET_API Model convert_known(std::string_view name, const std::filesystem::path& model_dir, const Warn& warn = {});

enum class Recipe {
  kDefault,  // the layers that lose the most for the time that they save stay in float, 5 % of the model's at most
  kPlain,    // every layer that integers can compute does; no search
};

// How the limits of activations lie about zero.
enum class Preset {
  kMixed,        // as the values lie
  kPerformance,  // symmetric
  kAccuracy,     // as kMixed, on CPUs
};

enum class Target {
  kAny,   // weights that are fastest on any CPU
  kAvx2,  // on those with AVX2 alone, a little less exact
};

struct QuantizeOptions {
  std::int64_t subset = 0;  // pictures drawn at random; 0: all
  std::uint64_t seed = 0;   // of the draw
  int threads = 0;          // 0: all that this process may use
  Progress progress = {};   // thousandths of the work
  Warn warn = {};
  Recipe recipe = Recipe::kDefault;
  Preset preset = Preset::kMixed;
  Target target = Target::kAny;
  bool strict_int8 = false;  // no layer that integers can compute stays in float
  // At most one of: as many layers in float as this fidelity AP takes, or until no more points of AP are lost, 0..100, in pictures that are
  // held out; without annotations a drop is that against what the FP32 model finds. Not with kPlain or strict_int8.
  std::optional<double> min_fidelity = {}, max_drop = {};
  std::filesystem::path annotations = {};  // in COCO's format, of the pictures in the folder
  bool exif = false;                       // turn pictures as their EXIF orientation says
  bool all_pictures = false;               // also those of more than 512 that would move no range by a step
  std::string range_estimator = {};        // as --range-estimator of octet quantize has it; empty: octet's own way to find ranges
  std::filesystem::path explain = {};      // a page of HTML to write, of what each layer costs; is measured after the quantization
};

// An FP32 model in INT8. Ranges are measured on the pictures of a folder, or COCO's layout, of which train2017 is taken where there is one,
// else val2017. A picture that cannot be read is skipped with a warning.
// Throws kInvalidArgument; kNotFound if no picture could be read; kMalformed if the model is in INT8 already; kRequirement if min_fidelity
// or max_drop cannot be reached.
OCTET_API Model quantize(const Model& model, const std::filesystem::path& pictures, const QuantizeOptions& options = {});

// --- Detection ---

// What layers of floats multiply.
enum class InferPrecision {
  kF32,
  kBf16,  // where that saves time; kUnsupported on CPUs and of engines that lack it
};

struct CompileOptions {
  int threads = 0;          // 0: all that this process may use
  std::string engine = {};  // "openvino" or "onnxruntime", where it is installed (docs/engines.md); empty: octet's own
  InferPrecision infer_precision = InferPrecision::kF32;
};

struct DetectOptions {
  double score_threshold = 0.3;  // 0..1; a box is kept if its score is strictly above
  std::size_t max_detections = 100;
  bool exif = false;  // turn the picture of a file as its EXIF orientation says
};

// A model made ready to run on this machine, with its threads and memory. Serves one call at a time; compile the model once
// more for another thread.
class OCTET_API Detector {
 public:
  struct Impl;
  explicit Detector(std::unique_ptr<Impl> impl);
  Detector(Detector&&) noexcept;
  Detector& operator=(Detector&&) noexcept;
  ~Detector();

  // By falling score. Throws kInvalidArgument for a picture without pixels or with too few bytes and for a threshold out of range, and what
  // read_image() throws.
  std::vector<Detection> detect(const ImageView& image, const DetectOptions& options = {});
  std::vector<Detection> detect(const std::filesystem::path& picture, const DetectOptions& options = {});

 private:
  std::unique_ptr<Impl> impl_;
};

// Throws kInvalidArgument; kNotFound if the engine is not installed; kUnsupported if it lacks an operation of the model.
OCTET_API Detector compile(const Model& model, const CompileOptions& options = {});

// --- Accuracy ---

struct EvaluateOptions {
  double score_threshold = 0.001;
  std::int64_t limit = 0;  // the first pictures by id; 0: all
  int threads = 0;         // 0: all that this process may use
  Progress progress = {};  // pictures, each by all models
  Warn warn = {};
  std::filesystem::path annotations = {};  // in COCO's format, of the pictures in the folder, which is in no layout then
  bool exif = false;                       // turn pictures as their EXIF orientation says
  std::string engine = {};                 // as of CompileOptions
  std::string require = {};                // "max-drop=1.0@95%,min-fidelity=90", as --require of octet check has it
  InferPrecision infer_precision = InferPrecision::kF32;
  std::array<int, 3> max_detections = {1, 10, 100};  // of one class in a picture, rising: of ar1, ar10 and everything else
  std::array<double, 2> area_limits = {1024, 9216};  // between small, medium and large objects, in square pixels
};

// Of the objects of one category.
struct ClassAccuracy {
  std::string name;
  std::int64_t category_id = 0, objects = 0;  // of the annotations; how many of its objects are annotated
  double ap = -1, ap50 = -1;                  // as of Accuracy
};

// COCO's 12 numbers, those of pycocotools, as fractions; -1 where nothing of the kind is annotated.
struct Accuracy {
  double ap = -1, ap50 = -1, ap75 = -1;                 // ap: mean over IoU 0.50, 0.55 .. 0.95
  double ap_small = -1, ap_medium = -1, ap_large = -1;  // by the area of the object: up to 32², up to 96², above, or by area_limits
  double ar1 = -1, ar10 = -1, ar100 = -1;               // recall with that many detections a picture
  double ar_small = -1, ar_medium = -1, ar_large = -1;
  std::int64_t images = 0;             // pictures that could be read
  std::vector<ClassAccuracy> classes;  // by rising category_id
};

// `coco` is a folder in COCO's layout: val2017/ and annotations/instances_val2017.json. A picture that cannot be read is
// skipped with a warning. Throws kInvalidArgument, kNotFound, kMalformed; kRequirement, with every figure and bound, if what is required
// is not met.
OCTET_API Accuracy evaluate(const Model& model, const std::filesystem::path& coco, const EvaluateOptions& options = {});

struct Comparison {
  Accuracy first, second;
  double drop = 0;                     // ap of the first less ap of the second
  double drop_low = 0, drop_high = 0;  // its 95 % interval over draws of the pictures; both `drop` where nothing is annotated
  double fidelity = -1;                // ap of the second where the first's detections of at least 0.3 are the truth; -1: there are none
};

// Two models, such as FP32 and INT8, on the same pictures. Throws as evaluate().
OCTET_API Comparison compare(const Model& first, const Model& second, const std::filesystem::path& coco,
                             const EvaluateOptions& options = {});

// --- Speed ---

struct BenchOptions {
  int threads = 1;      // in all; 0: all that this process may use
  int streams = 1;      // inferences at a time, each with its share of the threads
  double seconds = 10;  // of measuring, all models together; a day at most
  Progress progress = {};
  std::string engine = {};   // as of CompileOptions
  std::string require = {};  // "min-speedup=1.2", of the second model over the first
  InferPrecision infer_precision = InferPrecision::kF32;
};

// Of one model, from the picture in the size of the network to its outputs.
struct Latency {
  double median_ms = 0, p90_ms = 0, p99_ms = 0, min_ms = 0, mean_ms = 0;
  double throughput = 0;             // inferences a second
  std::vector<double> latencies_ms;  // of every inference, in the order measured
};

// Latency of one model, or of several in turn (A B A B ...) within one run, so that whatever else the machine does meets all alike.
// Throws kInvalidArgument; kNotFound if the engine is not installed; kUnsupported if it lacks an operation; kRequirement.
OCTET_API std::vector<Latency> bench(std::span<const Model> models, const BenchOptions& options = {});

// --- The whole workflow ---

struct RunOptions {
  std::filesystem::path weights = {};    // of a Darknet cfg; default: beside it, with its name
  std::string description = {};          // what a source file cannot tell: name of a known model, or path of a .yml file
  std::filesystem::path labels = {};     // file with the names of the classes, one a line
  std::filesystem::path model_dir = {};  // where the files of a known model are looked for before they are fetched
  double score_threshold = 0.001;
  double bench_seconds = 10;
  std::int64_t limit = 0;                                    // pictures to measure accuracy on, the first by id; 0: all
  int threads = 1;                                           // 0: all that this process may use
  bool onnx = false;                                         // write ONNX models beside the IRs
  std::function<Progress(std::string_view step)> step = {};  // begins a step, such as "4/7 quantize", and gives its progress; may be empty
  Warn warn = {};
  std::filesystem::path annotations = {};  // as of EvaluateOptions
  bool exif = false;                       // turn pictures as their EXIF orientation says
  std::vector<std::string> engines = {};   // the first one's figures are judged, those of others stand beside them; empty: octet's own
  std::string require = {};                // as of EvaluateOptions, and "min-speedup=1.2"
  InferPrecision infer_precision = InferPrecision::kF32;
};

struct RunResult {
  std::filesystem::path report, fp32, int8;  // of what was written: a page of HTML, the IRs
  Comparison comparison;                     // of FP32 and INT8
  Latency fp32_latency, int8_latency;
};

// Converts a source file or a known model, quantizes it with pictures in COCO's layout, measures accuracy and latency before and after,
// and writes both IRs and the report below `output`. Each step is all there or not at all.
// Throws what convert(), quantize(), evaluate() and bench() throw, and kIo. Where what is required is not met all is written.
OCTET_API RunResult run(const std::string& source, const std::filesystem::path& coco, const std::filesystem::path& output,
                        const RunOptions& options = {});

}  // namespace octet::v1

#ifndef OCTET_LIBRARY
namespace octet {
using namespace v1;
}
#endif
