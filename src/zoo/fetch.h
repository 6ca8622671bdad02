#pragma once

#include <filesystem>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "zoo/zoo_model.h"

namespace octet {

struct FetchedFiles {
  std::filesystem::path folder;            // that holds them
  std::filesystem::path source, weights;   // weights is empty if the source holds them
  std::vector<std::filesystem::path> all;  // in the order of the description
};

// The files that octet needs of a model, where a person laid them: those that are listed, and of an archive what is used of it, by its
// name below the model's folder or directly in `model_dir`. Size and SHA-384 are checked where they are stated.
//
// Errors: kNotFound (a file is not in `model_dir`), kMalformed (it is not the published one).
Result<FetchedFiles> find_in(const ZooModel& model, const std::filesystem::path& model_dir);

// Copies them to <output_dir>/<subdirectory of the model>, all or none. `progress` is told of bytes.
//
// Errors: kNotFound (a file is not in `model_dir`), kMalformed (it is not the published one), kIo.
Result<FetchedFiles> fetch_from(const ZooModel& model, const std::filesystem::path& model_dir, const std::filesystem::path& output_dir,
                                const Progress& progress = {});

}  // namespace octet
