#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "zoo/zoo_model.h"

// The words of Model Optimizer's command line that models of the Open Model Zoo are published with, as far as octet can follow them.
namespace octet {

// The values of $NAME and ${NAME} in an argument.
using TemplateVariables = std::map<std::string, std::string, std::less<>>;

// `text` with its variables replaced, as Python's string.Template does; $$ is a dollar. kMalformed for a variable that there is not, or a
// dollar that begins none.
Result<std::string> expand_variables(std::string_view text, const TemplateVariables& variables);

struct OptimizerArguments {
  std::string input_model, saved_model_dir;  // one of them
  bool reverse_input_channels = false;
  std::vector<double> mean_values, scale_values;  // in the order of the original network: one for all channels, or one each
  std::vector<std::int64_t> input_shape;          // empty: the model's own
  std::string transformations_config;             // name of a file that tells how a known head is replaced; empty: none
  bool object_detection_api = false;              // a pipeline.config of TensorFlow's Object Detection API is given
  std::vector<std::string> outputs;               // where the network is cut; empty: at its end
};

// Reads expanded arguments, of which a later one replaces an earlier. kUnsupported, naming the argument, for one that would change the
// network or its figures in a way that octet lacks; kMalformed for a value that is none.
Result<OptimizerArguments> parse_optimizer_arguments(const std::vector<std::string>& words, const std::vector<ZooInput>& inputs);

}  // namespace octet
