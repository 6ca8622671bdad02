#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/tflite/model.h"

namespace octet::tflite {

// How the first input wants its pixels: (x - mean) / deviation, one number or one for each channel.
struct Normalization {
  std::vector<float> mean, deviation;
};

// What the metadata buffer of a model ("TFLITE_METADATA") says of it; nothing where there is none. kMalformed for a damaged one.
Result<std::optional<Normalization>> normalization_of(const Model& model);

// Texts that lie in an archive behind a model, by their names: labels and descriptions, as writers of metadata append them. At most 64
// of at most 1 MiB each; larger ones, and those that cannot be unpacked, are left out. None where no archive is appended.
std::map<std::string, std::string> appended_texts(std::span<const std::byte> file);

}  // namespace octet::tflite
