#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "benchmark/model_inputs.h"
#include "tensor/tensor.h"

// The files that -i names, and the values that inputs are given.
namespace octet::commands::benchmark_app {

// The files of one input, by name; all of one kind.
struct InputFiles {
  enum class Kind { kImages, kNumpy, kBinary };
  Kind kind = Kind::kImages;
  std::vector<std::filesystem::path> paths;
};

// What -i says, each time that it was given with its words, by input. Warns of files of other kinds and of those that do not come out even.
Result<std::map<std::string, InputFiles>> find_input_files(const std::vector<std::vector<std::string>>& words,
                                                           std::span<const ModelInput> inputs);

// For each input the tensors that it is given in turn: of its files, else one of random values. `as_picture`: the one input is
// u8 [N,H,W,C] rather than [N,C,H,W]. Prints what it does. Errors name the file.
Result<std::vector<std::vector<Tensor>>> input_tensors(const std::map<std::string, InputFiles>& files, std::span<const ModelInput> inputs,
                                                       bool as_picture);

}  // namespace octet::commands::benchmark_app
