#pragma once

#include <filesystem>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "zoo/entry.h"

namespace octet {

struct FetchedFiles {
  std::filesystem::path folder;            // that holds them
  std::filesystem::path source, weights;   // weights is empty if the source holds them
  std::vector<std::filesystem::path> all;  // in the order of the entry
};

// The files of an entry where they lie, size and SHA-384 checked where the entry states them.
//
// Errors: kNotFound (a file is not in `model_dir`), kMalformed (it is not the published one).
Result<FetchedFiles> find_in(const ZooEntry& entry, const std::filesystem::path& model_dir);

// Copies the files of an entry from `model_dir` to <output_dir>/public/<model>/, all or none; size and SHA-384 are
// checked where the entry states them. `progress` is told of bytes.
//
// Errors: kNotFound (a file is not in `model_dir`), kMalformed (it is not the published one), kIo.
Result<FetchedFiles> fetch_from(const ZooEntry& entry, const std::filesystem::path& model_dir, const std::filesystem::path& output_dir,
                                const Progress& progress = {});

}  // namespace octet
