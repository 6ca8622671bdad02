#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"

namespace octet {

struct ReproduceOptions {
  std::filesystem::path model{}, data{};  // where the model and the pictures lie, if not where the record has them
  int threads = 1;
  Progress progress{};
  Warn warn{};
};

struct Reproduction {
  std::filesystem::path xml;             // empty where what it is made of differs, so that nothing was made
  std::vector<std::string> differences;  // a line each; empty: the same bytes
};

// Makes again below `output` what quantize_ir() recorded, and compares its files by their digests. Where a file that it is made of differs
// nothing is made. Another version, CPU or instruction set is a difference only where the bytes differ, too.
// Errors are those of read_record() and quantize_ir(), and kUnsupported for an option of the record that this octet lacks.
Result<Reproduction> reproduce(const std::filesystem::path& record, const std::filesystem::path& output, const ReproduceOptions& options);

}  // namespace octet
