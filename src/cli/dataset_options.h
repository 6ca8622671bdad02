#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "data/dataset.h"

namespace octet::cli {

// Which pictures a verb works on, and what is known of them.
struct DatasetOptions {
  std::string data, annotations, categories;
  std::vector<std::string> images;
  std::int64_t limit = 0;
  bool apply_exif = false;

  void add_to(CLI::App& app);            // annotated or not
  void add_annotated_to(CLI::App& app);  // annotated ones alone
  // Opens them and tells `warn` what is odd about them.
  Result<Dataset> open(const Warn& warn) const;

 private:
  void add_shared_to(CLI::App& app);
  Result<Dataset> open_any() const;
};

}  // namespace octet::cli
