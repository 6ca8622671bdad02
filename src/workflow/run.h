#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "benchmark/compare.h"
#include "benchmark/profile.h"
#include "benchmark/roofs.h"
#include "eval/label_errors.h"
#include "report/requirements.h"
#include "steps/check.h"
#include "workflow/convert.h"
#include "workflow/quantize.h"

namespace octet {

struct RunOptions {
  std::optional<ZooModel> model;                 // a known model, whose files are fetched
  std::filesystem::path model_dir;               // where they are looked for first; empty: nowhere
  std::filesystem::path source;                  // or a source file
  std::optional<std::filesystem::path> weights;  // of a Darknet source, if not beside it
  std::filesystem::path labels;                  // names of the classes, one a line; empty: what the model says
  DataSource data;                               // pictures and annotations apart calibrate as well
  std::string data_name;                         // for the report; empty: the names of its folders
  std::filesystem::path output;
  Requirements requirements;
  double score_threshold = 0.001;
  double bench_seconds = 10;
  std::int64_t limit = 0;  // images to measure accuracy on, 0: all
  int threads = 1;
  bool onnx = false;                                        // write ONNX models beside the IRs
  std::vector<const Engine*> engines{&default_engine()};    // the first one's figures are judged, those of others stand beside them
  InferencePrecision precision = InferencePrecision::kF32;  // that all engines are asked for
  std::function<Progress(const std::string& step)> step;    // begins a step and gives its progress
  Warn warn;
};

struct RunResult {
  std::filesystem::path report, fp32, int8;
  std::filesystem::path fp32_onnx, int8_onnx;    // where they were asked for
  CheckResult check;                             // by the first engine
  std::vector<LabelError> label_errors;          // by what both models found in the first engine
  std::vector<CheckResult> other_checks;         // by those after it
  std::vector<ModelBench> bench;                 // FP32 and INT8 in each engine, all in turn
  std::vector<StepTime> fp32_steps, int8_steps;  // in the first engine, where it tells its steps
  Roofs roofs;                                   // what the machine reaches at most
};

// Fills `model` and `source` in: `word` is a source file or folder if there is one of that name or it looks like a path, and
// `description` then says what it cannot tell; else it is a known model's name. kNotFound for a name that is not known.
Status choose_model(const std::string& word, const std::string& description, RunOptions& options);

// The whole workflow: data, download, convert, quantize, detect, check, bench, and OUTPUT/report.html over all of it.
Result<RunResult> run_workflow(const RunOptions& options);

}  // namespace octet
