#pragma once

#include <cstdint>
#include <string>

#include <CLI/CLI.hpp>

#include "base/result.h"
#include "data/dataset.h"

namespace octet::cli {

// --data DIR or --images DIR, and --limit: which pictures a verb works on.
struct DatasetOptions {
  std::string data, images;
  std::int64_t limit = 0;

  void add_to(CLI::App& app);
  void add_data_to(CLI::App& app);  // --data alone
  Result<Dataset> open() const;
};

}  // namespace octet::cli
