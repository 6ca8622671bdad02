#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"

namespace octet {

// What one of the models of a work found in one picture.
struct FoundInPicture {
  std::size_t model = 0, picture = 0;  // by their order in the work
  bool done = false;                   // false: the picture could not be read
  std::vector<Detection> detections;
};

// The content of a record of kind 'D': u32 model, u64 picture, u8 done, u32 number of detections, and of each i32 class, f32 score and
// f32 corners of its box.
std::string encode_found(const FoundInPicture& found);

// Bounds of what a record may say.
struct FoundBounds {
  std::size_t pictures = 0;
  std::vector<std::size_t> classes;  // of each model
};

// kMalformed where the record is none, or speaks of a model, a picture or a class that the work lacks or of numbers that are none.
Result<FoundInPicture> decode_found(std::span<const std::byte> record, const FoundBounds& bounds);

}  // namespace octet
