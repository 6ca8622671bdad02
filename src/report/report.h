#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "boxes/box.h"
#include "report/requirements.h"

// One page that tells whether to ship the INT8 model, made of plain results: nothing here knows a model, a tensor or a file.
namespace octet {

// Milliseconds of one inference, from the interleaved benchmark.
struct ReportLatency {
  double median_ms = 0, p90_ms = 0, p99_ms = 0, min_ms = 0;
  double throughput = 0;           // inferences a second
  std::vector<double> samples_ms;  // for the histogram; may be empty
};

// One of the two models.
struct ReportModel {
  std::string label;            // "FP32", "INT8"
  std::int64_t size_bytes = 0;  // of its weights and graph on disk; 0: not known
  // COCO's 12 numbers as fractions, in the order AP, AP50, AP75, AP_small, AP_medium, AP_large, AR1, AR10, AR100, AR_small,
  // AR_medium, AR_large; -1 where undefined. Nothing without annotations.
  std::optional<std::array<double, 12>> coco;
  std::optional<ReportLatency> latency;
};

struct ReportClass {
  std::string name;
  std::int64_t objects = 0;              // annotated ones
  double first_ap = -1, second_ap = -1;  // fractions, -1 where undefined
  bool is_certain = false;               // the change is no chance of these pictures, as many classes as are compared
};

// A figure of both models that is neither one of COCO's nor a time.
struct ReportFigure {
  std::string name, meaning;
  double first = -1, second = -1;  // fractions, -1 where undefined
  bool less_is_better = false;
};

// An annotation that a person should look at, by what both models found.
struct ReportLabelError {
  std::string kind;              // "missing"
  std::string picture;           // file name
  std::string annotated, found;  // class and place; empty where there is none
  std::optional<double> score;   // of what was found
};

struct ReportBox {
  std::string label;
  double score = 0;
  BoxXyxy box_px;
};

struct ReportPicture {
  std::string name;    // file name
  std::string credit;  // author and licence, may be empty
  std::string media_type = "image/jpeg";
  std::vector<std::byte> bytes;          // a file that browsers show; goes into the page
  int width = 0, height = 0;             // pixels; the frame of the boxes
  std::vector<ReportBox> first, second;  // any order, any score
};

// Of boxes that both models find: the second's score less the first's.
struct ReportScoreShift {
  std::int64_t pairs = 0;
  double mean = 0, mean_absolute = 0;  // fractions
};

struct ReportFacts {
  std::string title;  // "Models", "Machine"
  std::vector<std::pair<std::string, std::string>> rows;
};

// The same two models in one engine.
struct ReportEngine {
  std::string name;                      // "openvino"
  double first_ap = -1, second_ap = -1;  // fractions, -1 where undefined
  std::optional<double> fidelity;
  double first_ms = 0, second_ms = 0;  // medians
};

// One unit of work of a model.
struct ReportStep {
  std::string node, op, kernel;
  bool integer = false;    // computes in 8-bit integers
  double us = 0;           // median time in microseconds
  std::int64_t macs = 0;   // multiplications
  std::int64_t bytes = 0;  // that it reads and writes
  bool bf16 = false;       // multiplies floats that are rounded to bfloat16
};

// What the machine reaches at most, on the threads of the measurement; 0 where it is not known.
struct ReportRoofs {
  double float_gmac_per_s = 0, integer_gmac_per_s = 0;
  double memory_gb_per_s = 0;  // read from beyond the caches
  double bf16_gmac_per_s = 0;
};

struct ReportProfile {
  ReportRoofs roofs;
  std::vector<ReportStep> first, second;  // in the order of execution
};

struct ReportInput {
  std::string model_name;
  std::string data_name;                                   // "COCO val2017"
  std::int64_t images = 0;                                 // that accuracy was measured on
  std::int64_t skipped_images = 0;                         // that could not be read
  ReportModel first, second;                               // before and after
  std::optional<double> fidelity;                          // AP fraction of the second where the first's confident boxes are the truth
  std::optional<std::pair<double, double>> drop_interval;  // 95 % interval of the AP drop, fractions
  std::optional<std::pair<double, double>> speedup_range;  // of eight of ten rounds in which the two were timed in turn
  std::map<Quantity, DropFigure> drops;                    // for requirements of them
  Requirements requirements;                               // for a yes, with the defaults of requirements.h
  std::vector<ReportEngine> engines;                       // that ran both models; all else is of the first one
  std::optional<ReportProfile> profile;                    // of the first engine, where it tells its steps
  std::optional<ReportScoreShift> score_shift;             // that AP, which sees their order alone, does not show
  std::vector<ReportFigure> details;                       // of accuracy, below COCO's numbers
  std::vector<ReportClass> classes;
  std::vector<ReportLabelError> label_errors;  // of each kind, those to look at first come first
  std::vector<ReportPicture> pictures;         // any order; the page shows those that changed most first
  double faint_score = 0.1;                    // boxes below are not in the page
  double picture_score = 0.3;                  // boxes are shown from this score on, until the reader moves the slider
  std::vector<ReportFacts> facts;              // how it was made
};

// The whole page as UTF-8 HTML: style, script and pictures are inside, and it loads nothing. The same input gives the same
// bytes. All text of `input` is escaped.
std::string render_report(const ReportInput& input);

}  // namespace octet
