#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "benchmark/model_inputs.h"
#include "commands/benchmark_app/options.h"

// What the command line says of a model's inputs and outputs.
namespace octet::commands::benchmark_app {

// "input0[value0],input1[value1]", or "[value]" for all of `names`; kInvalidArgument for anything else and for other names.
Result<std::vector<std::pair<std::string, std::string>>> values_by_input(const std::string& text, const std::vector<std::string>& names);

// The inputs with their shapes, layouts, batch, means and scales; shapes that differ from the model's are in `ModelInput::type`.
Result<std::vector<ModelInput>> described_inputs(std::vector<ModelInput> inputs, const Options& options, const Warn& warn);

// Sets what each input is given: what -ip and -iop say, else u8 for images. Returns the types of the outputs that -op and -iop change.
Result<std::map<std::string, ElementType>> apply_precisions(std::vector<ModelInput>& inputs, const std::vector<std::string>& outputs,
                                                            const Options& options);

}  // namespace octet::commands::benchmark_app
