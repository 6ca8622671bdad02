// The C interface of octet, C11: what octet/octet.h has, for C and for whatever can call C.
//
//   octet_model* model = NULL;
//   octet_detector* detector = NULL;
//   octet_detections* found = NULL;
//   if (octet_load("yolov4-tiny.xml", &model) || octet_compile(model, NULL, &detector) ||
//       octet_detect_file(detector, "street.jpg", NULL, &found))
//     fprintf(stderr, "error: %s\n", octet_error_message());
//   for (size_t i = 0; i < octet_detections_count(found); ++i) puts(octet_detections_data(found)[i].label);
//   octet_detections_free(found);
//   octet_detector_free(detector);
//   octet_model_free(model);
//
// Errors: what can fail returns an octet_status, OCTET_OK being 0; octet_error_message() then says in one line what is wrong and what to
// do. No exception leaves the library, and nothing is printed. A pointer that is null where nothing says that it may be is
// OCTET_INVALID_ARGUMENT; accessors answer 0 or null for a handle that is null, as those of no result do.
//
// Ownership: a function that makes something gives it to its last argument, and null there if it fails. It belongs to the caller and ends
// with the octet_..._free() of its kind, which takes null. What accessors return belongs to their handle and lives as long.
//
// Threads: functions may be called from several threads at once, and models and detections may be used by all of them, since nothing
// changes them. An octet_detector and an octet_image serve one call at a time. Nothing may be in use that is freed.
//
// Options: null stands for the defaults, which OCTET_..._OPTIONS_INIT spells out and zeros are not:
// octet_detect_options options = OCTET_DETECT_OPTIONS_INIT;
//
// Paths are what the system's fopen() takes. Within one SONAME (liboctet.so.MAJOR.MINOR) nothing here changes.
#ifndef OCTET_OCTET_C_H
#define OCTET_OCTET_C_H

#include <stddef.h>
#include <stdint.h>

#define OCTET_C_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

// --- Errors and callbacks ---

typedef enum octet_status {
  OCTET_OK = 0,
  OCTET_INVALID_ARGUMENT = 1,  // an argument or an option is wrong
  OCTET_NOT_FOUND = 2,         // a file is absent or cannot be opened
  OCTET_MALFORMED = 3,         // a file is not what it claims to be
  OCTET_UNSUPPORTED = 4,       // a file uses something that octet lacks
  OCTET_IO = 5,                // a file cannot be written
  OCTET_INTERNAL = 6,          // everything else, running out of memory included
  OCTET_CANCELLED = 7,         // a progress callback asked to end
  OCTET_REQUIREMENT = 8,       // what was asked of a model cannot be reached
} octet_status;

// Of the last call in this thread that did not return OCTET_OK; empty before there is one. Lives until the next of them.
OCTET_C_API const char* octet_error_message(void);

// Told how long work goes on, and of what is no failure, such as a picture that was skipped. Each may be null. They may be called from
// other threads, one call at a time, and must return by themselves: no longjmp, no exception.
typedef struct octet_callbacks {
  // `done` steps out of `total`. What it returns ends the work as OCTET_CANCELLED, unless it is 0.
  int (*progress)(void* user, int64_t done, int64_t total);
  void (*warn)(void* user, const char* message);
  void* user;  // given to both
} octet_callbacks;

// Of the library that runs, such as "0.1.0".
OCTET_C_API const char* octet_version(void);

// --- Pictures ---

// Interleaved bytes B, G, R, rows from the top, in memory of the caller's. Those of a cv::Mat of type CV_8UC3 are
// {mat.data, mat.step * mat.rows, mat.cols, mat.rows, mat.step}.
typedef struct octet_image_view {
  const uint8_t* bgr;
  size_t bytes;           // that may be read at `bgr`
  int32_t width, height;  // pixels
  size_t row_bytes;       // from the start of a row to the start of the next; 0 stands for 3 * width
} octet_image_view;

// A picture in the library's memory, without gaps between its rows.
typedef struct octet_image octet_image;

// An object that was found. The box has its corners in pixels of the picture: x0 <= x1 from the left, y0 <= y1 from the top.
typedef struct octet_detection {
  const char* label;    // name of the class, or its number where the model knows no names
  int32_t class_index;  // of the model's own list of classes
  float score;          // 0..1
  float x0, y0, x1, y1;
} octet_detection;

// Decodes a JPEG, PNG, BMP, WebP or TIFF file, as octet::read_image() does.
OCTET_C_API octet_status octet_read_image(const char* path, octet_image** image);
// The same, turned as its EXIF orientation says.
OCTET_C_API octet_status octet_read_upright_image(const char* path, octet_image** image);

// A copy of the caller's pixels, to be drawn on.
OCTET_C_API octet_status octet_copy_image(const octet_image_view* pixels, octet_image** image);

// All null and 0 if `image` is null.
OCTET_C_API octet_image_view octet_image_pixels(const octet_image* image);

// Encodes as JPEG or PNG by the extension of `path`.
OCTET_C_API octet_status octet_write_image(const octet_image* image, const char* path);

// Draws boxes with label and score, a colour a class. `detections` may be null if `count` is 0.
OCTET_C_API octet_status octet_draw(octet_image* image, const octet_detection* detections, size_t count);

OCTET_C_API void octet_image_free(octet_image* image);

// --- Models ---

// A network and what it says of itself: how a picture enters it and how its outputs become boxes.
typedef struct octet_model octet_model;

// Reads an OpenVINO IR that octet wrote, FP32 or INT8, or another one whose rt_info has the keys of docs/model_info.md.
OCTET_C_API octet_status octet_load(const char* xml, octet_model** model);

typedef struct octet_convert_options {
  const char* weights;      // of a Darknet cfg; null: beside it, with its name
  const char* description;  // what the source cannot tell: name of a known model, or path of a .yml file; may be null
  const char* labels;       // file with the names of the classes, one a line; null: what source and description say
  octet_callbacks callbacks;
  const char* const* outputs;  // names in an ONNX file, with a null behind the last, of values at which the graph is to end; may be null
} octet_convert_options;
#define OCTET_CONVERT_OPTIONS_INIT \
  { NULL, NULL, NULL, {NULL, NULL, NULL}, NULL }

// A published file as a model, of any kind that octet::convert() takes; tells no progress.
OCTET_C_API octet_status octet_convert(const char* source, const octet_convert_options* options, octet_model** model);

// The names of the models whose files and descriptions octet knows, sorted, with a null behind the last. Null if memory is out.
OCTET_C_API const char* const* octet_known_models(void);

// A known model in FP32 from its published files, which lie in `model_dir`. `callbacks` may be null; tells no progress.
OCTET_C_API octet_status octet_convert_known(const char* name, const char* model_dir, const octet_callbacks* callbacks,
                                             octet_model** model);

// As octet::Recipe, octet::Preset and octet::Target.
typedef enum octet_recipe {
  OCTET_RECIPE_DEFAULT = 0,  // the layers that lose the most for the time that they save stay in float, 5 % of the model's at most
  OCTET_RECIPE_PLAIN = 1,    // every layer that integers can compute does; no search
} octet_recipe;
// How the limits of activations lie about zero.
typedef enum octet_preset {
  OCTET_PRESET_MIXED = 0,        // as the values lie
  OCTET_PRESET_PERFORMANCE = 1,  // symmetric
  OCTET_PRESET_ACCURACY = 2,     // as OCTET_PRESET_MIXED, on CPUs
} octet_preset;
typedef enum octet_target {
  OCTET_TARGET_ANY = 0,   // weights that are fastest on any CPU
  OCTET_TARGET_AVX2 = 1,  // on those with AVX2 alone, a little less exact
} octet_target;

typedef struct octet_quantize_options {
  int64_t subset;             // pictures drawn at random; 0: all
  uint64_t seed;              // of the draw
  int32_t threads;            // 0: all that this process may use
  octet_callbacks callbacks;  // progress: thousandths of the work
  int32_t recipe;             // an octet_recipe
  int32_t preset;             // an octet_preset
  int32_t target;             // an octet_target
  int32_t strict_int8;        // not 0: no layer that integers can compute stays in float
  // At most one of them not below 0: as many layers in float as this fidelity AP takes, or until no more points of AP are lost, up to 100,
  // in pictures that are held out. Not with OCTET_RECIPE_PLAIN or strict_int8.
  double min_fidelity, max_drop;
  const char* annotations;      // in COCO's format, of the pictures in the folder; may be null
  int32_t exif;                 // not 0: turn pictures as their EXIF orientation says
  int32_t all_pictures;         // not 0: also those of more than 512 that would move no range by a step
  const char* range_estimator;  // as --range-estimator of octet quantize has it; null: octet's own way to find ranges
  const char* explain;          // a page of HTML to write, of what each layer costs; may be null
} octet_quantize_options;
#define OCTET_QUANTIZE_OPTIONS_INIT \
  { 0, 0, 0, {NULL, NULL, NULL}, OCTET_RECIPE_DEFAULT, OCTET_PRESET_MIXED, OCTET_TARGET_ANY, 0, -1, -1, NULL, 0, 0, NULL, NULL }

// An FP32 model in INT8, as octet::quantize() makes it. `pictures` is a folder of pictures or in COCO's layout. OCTET_REQUIREMENT if
// min_fidelity or max_drop cannot be reached.
OCTET_C_API octet_status octet_quantize(const octet_model* model, const char* pictures, const octet_quantize_options* options,
                                        octet_model** int8);

OCTET_C_API const char* octet_model_name(const octet_model* model);
// Pixels that a picture of any size is scaled to.
OCTET_C_API int32_t octet_model_input_width(const octet_model* model);
OCTET_C_API int32_t octet_model_input_height(const octet_model* model);
// Names by class index; there may be none. Null for an index beyond them.
OCTET_C_API size_t octet_model_label_count(const octet_model* model);
OCTET_C_API const char* octet_model_label(const octet_model* model, size_t class_index);

typedef struct octet_save_options {
  int32_t fp16;  // not 0: store floats as FP16, in half the space; they are computed with as FP32
} octet_save_options;
#define OCTET_SAVE_OPTIONS_INIT \
  { 0 }

// Writes an OpenVINO IR, version 11: `xml` and the .bin file beside it, both or none.
OCTET_C_API octet_status octet_save(const octet_model* model, const char* xml, const octet_save_options* options);

// Writes an ONNX model; what is quantized as QuantizeLinear and DequantizeLinear.
OCTET_C_API octet_status octet_save_onnx(const octet_model* model, const char* onnx, const octet_save_options* options);

OCTET_C_API void octet_model_free(octet_model* model);

// --- Detection ---

// A model made ready to run on this machine, with its threads and memory. It needs its octet_model no longer.
typedef struct octet_detector octet_detector;

// What was found in a picture, by falling score.
typedef struct octet_detections octet_detections;

// What layers of floats multiply.
typedef enum octet_infer_precision {
  OCTET_INFER_F32 = 0,
  OCTET_INFER_BF16 = 1,  // where that saves time; OCTET_UNSUPPORTED on CPUs and of engines that lack it
} octet_infer_precision;

typedef struct octet_compile_options {
  int32_t threads;          // 0: all that this process may use
  const char* engine;       // "openvino" or "onnxruntime", where it is installed (docs/engines.md); null: octet's own
  int32_t infer_precision;  // an octet_infer_precision
} octet_compile_options;
#define OCTET_COMPILE_OPTIONS_INIT \
  { 0, NULL, OCTET_INFER_F32 }

OCTET_C_API octet_status octet_compile(const octet_model* model, const octet_compile_options* options, octet_detector** detector);

typedef struct octet_detect_options {
  double score_threshold;  // 0..1; a box is kept if its score is strictly above
  size_t max_detections;
  int32_t exif;  // not 0: turn the picture of a file as its EXIF orientation says
} octet_detect_options;
#define OCTET_DETECT_OPTIONS_INIT \
  { 0.3, 100, 0 }

OCTET_C_API octet_status octet_detect(octet_detector* detector, const octet_image_view* pixels, const octet_detect_options* options,
                                      octet_detections** found);
OCTET_C_API octet_status octet_detect_file(octet_detector* detector, const char* picture, const octet_detect_options* options,
                                           octet_detections** found);

OCTET_C_API size_t octet_detections_count(const octet_detections* found);
// The first of them; the others follow. Null if there are none.
OCTET_C_API const octet_detection* octet_detections_data(const octet_detections* found);

OCTET_C_API void octet_detections_free(octet_detections* found);
OCTET_C_API void octet_detector_free(octet_detector* detector);

// --- Accuracy ---

// Of the objects of one category, as octet::ClassAccuracy.
typedef struct octet_class_accuracy {
  const char* name;
  int64_t category_id, objects;
  double ap, ap50;
} octet_class_accuracy;

typedef struct octet_evaluate_options {
  double score_threshold;
  int64_t limit;              // the first pictures by id; 0: all
  int32_t threads;            // 0: all that this process may use
  octet_callbacks callbacks;  // progress: pictures, each by all models
  const char* annotations;    // in COCO's format, of the pictures in the folder, which is in no layout then; may be null
  int32_t exif;               // not 0: turn pictures as their EXIF orientation says
  const char* engine;         // as of octet_compile_options
  const char* require;        // "max-drop=1.0@95%,min-fidelity=90", as --require of octet check has it; may be null
  int32_t infer_precision;    // an octet_infer_precision
  int32_t max_detections[3];  // of one class in a picture, rising: of ar1, ar10 and everything else
  double area_limits[2];      // between small, medium and large objects, in square pixels
  // Told of each category, by rising category_id, of the first model (0) and then of the second (1), in the thread of the call. `user` is
  // that of the callbacks. May be null.
  void (*class_accuracy)(void* user, int32_t model, const octet_class_accuracy* accuracy);
} octet_evaluate_options;
#define OCTET_EVALUATE_OPTIONS_INIT \
  { 0.001, 0, 0, {NULL, NULL, NULL}, NULL, 0, NULL, NULL, OCTET_INFER_F32, {1, 10, 100}, {1024, 9216}, NULL }

// COCO's 12 numbers, those of pycocotools, as fractions; -1 where nothing of the kind is annotated.
typedef struct octet_accuracy {
  double ap, ap50, ap75;
  double ap_small, ap_medium, ap_large;
  double ar1, ar10, ar100;
  double ar_small, ar_medium, ar_large;
  int64_t images;  // pictures that could be read
} octet_accuracy;

typedef struct octet_comparison {
  octet_accuracy first, second;
  double drop;                 // ap of the first less ap of the second
  double drop_low, drop_high;  // its 95 % interval over draws of the pictures; both `drop` where nothing is annotated
  double fidelity;             // ap of the second where the first's detections of at least 0.3 are the truth; -1: there are none
} octet_comparison;

// `coco` is a folder in COCO's layout: val2017/ and annotations/instances_val2017.json. The results stay as they are if it fails.
// OCTET_REQUIREMENT, with every figure and bound, if what is required is not met.
OCTET_C_API octet_status octet_evaluate(const octet_model* model, const char* coco, const octet_evaluate_options* options,
                                        octet_accuracy* accuracy);

// Two models, such as FP32 and INT8, on the same pictures.
OCTET_C_API octet_status octet_compare(const octet_model* first, const octet_model* second, const char* coco,
                                       const octet_evaluate_options* options, octet_comparison* comparison);

#ifdef __cplusplus
}
#endif

#endif
