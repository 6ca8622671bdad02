#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "passes/passes.h"
#include "workflow/layout.h"
#include "zoo/zoo_model.h"

namespace octet {

// Roots of the trees in which each model has the folder <root>/<subdirectory>.
struct ModelTrees {
  std::filesystem::path downloads, output;
};

// What octet does where a published model says how Model Optimizer is to be called.
struct ConversionPlan {
  std::filesystem::path source;
  std::optional<std::filesystem::path> weights;  // of a Darknet network
  passes::InputSteps steps;                      // beside those that octet takes of itself
  ModelInfo picture;                             // what an ONNX file does not say: how a picture enters it
  std::vector<std::string> outputs;              // of an ONNX file, where it is to end; empty: at its end
  std::vector<std::int64_t> input_shape;         // that is asked for; empty: any
  std::vector<std::string> remarks;              // in what the IR differs from Model Optimizer's
};

// Where the source of a published model lies and what is to be done to it; `extra` are Model Optimizer's arguments besides the model's own.
// Nothing is opened. A network whose graph a script of the zoo makes of Darknet files is read from those themselves; one that a script
// of Python makes an ONNX file of is read from there, if somebody has made it.
//
// Errors: kUnsupported, naming the framework or the argument, for what octet cannot convert as it is asked; kMalformed for arguments
// that cannot be read.
Result<ConversionPlan> plan_conversion(const ZooModel& model, const ModelTrees& trees, const std::vector<std::string>& extra);

// Where the IR of a published model goes: OUTPUT/<subdirectory>/<precision>/<model>.xml.
Result<std::filesystem::path> published_ir(const ZooModel& model, const std::filesystem::path& output, std::string_view precision);

// Carries the plan out. What the program's own catalogue knows of a model of that name (labels, names of outputs) goes into the IR.
// Errors are those of import_source() and export_openvino_ir(), and kUnsupported for a shape of the input that is not the network's.
Status convert_published(const ZooModel& model, const ConversionPlan& plan, Precision precision, const std::filesystem::path& output,
                         const Warn& warn);

}  // namespace octet
