#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "record/recorded_file.h"
#include "steps/check.h"
#include "steps/import_source.h"
#include "steps/quantize.h"
#include "workflow/layout.h"

namespace octet {

// A page that says what each layer costs; a path that is empty asks for none.
struct ExplainPage {
  std::filesystem::path path{};
  std::function<Progress()> begin{};  // begins the step and gives its progress
};

// What quantization does to what the model finds, and in which pictures.
struct FoundByBoth {
  CheckResult check;
  bool is_annotated = false, is_held_out = false;  // DetectionChange::is_annotated; of the calibration
  struct Picture {
    std::string file;
    int kept = 0, lost = 0, added = 0;  // boxes that the page shows
  };
  std::vector<Picture> pictures;  // that changed most, in any order
};

struct QuantizedIr {
  std::filesystem::path xml;
  std::int64_t images = 0;  // that were used
  std::size_t convolutions = 0, points = 0;
  std::filesystem::path onnx = {};         // where it was asked for
  std::filesystem::path record = {};       // quantize_ir() alone writes one
  quant::Explanation explanation = {};     // where a page was asked for
  std::vector<RecordedFile> outputs = {};  // what the record has of the model's files
  std::vector<quant::QuantizedLayer> layers = {};
  double relative_latency = 1;  // these and the goal as QuantizationResult has them
  std::vector<TradeoffStep> tradeoff = {};
  std::optional<SearchTime> search = {};
  std::vector<LayerDecision> decisions = {};
  std::optional<FoundByBoth> found = {};  // where a page was asked for and something is found
  std::vector<quant::CurvePoint> curve = {};
  Status goal = {};
  bool is_second_order = false;  // of the weights' rounding, as QuantizedModel has it
};

// Quantizes a model, an FP32 IR or any file that open_model() takes with `opening`, with the pictures of a data set and writes the INT8
// IR as OUTPUT/public/<model>/<FP32-INT8 or FP16-INT8>/<model>.xml, .onnx where it is asked for, and <model>.octet.json, the record of what
// it was made of; the precision is that of what stays a float. The page appears with them. Warnings go to those of `options`.
Result<QuantizedIr> quantize_ir(const std::filesystem::path& model, const Dataset& pictures, const std::filesystem::path& output,
                                const quant::CalibrationOptions& options, const Recipe& recipe = {}, const WriteOptions& written = {},
                                ConvertOptions opening = {}, const ExplainPage& page = {});

// What quantizing a model did to it.
struct ExplainedModel {
  std::string page;  // HTML
  quant::Explanation explanation;
  std::optional<FoundByBoth> found;  // nothing, with a warning, where there is nothing to compare by
};
// Of what quantize_model() made of the model at `path` with these pictures.
Result<ExplainedModel> explain_quantized(const std::string& name, const QuantizationResult& quantized, const std::filesystem::path& path,
                                         const Dataset& pictures, const Recipe& recipe, const quant::CalibrationOptions& options);

// A model as quantize_ir() opens it, its files, and what a share of its calibration found (steps/quantize.h).
struct CalibratedShare {
  std::vector<std::filesystem::path> files;
  quant::CalibrationStatistics statistics;
};
Result<CalibratedShare> calibrate_ir_share(const std::filesystem::path& model, const Dataset& pictures,
                                           const quant::CalibrationOptions& options, const Recipe& recipe, ConvertOptions opening);

// The same to a place of the caller's choice, without a record.
Result<QuantizedIr> quantize_ir_to(const std::filesystem::path& target, const std::filesystem::path& xml, const Dataset& pictures,
                                   const quant::CalibrationOptions& options, const Recipe& recipe, Precision precision);

}  // namespace octet
