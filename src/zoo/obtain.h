#pragma once

#include <filesystem>

#include "base/progress.h"
#include "base/result.h"
#include "download/fetch_file.h"
#include "zoo/fetch.h"

namespace octet {

struct ObtainOptions {
  std::filesystem::path model_dir{};  // looked into first; empty: nowhere
  int jobs = 4;                       // files at a time
  FetchOptions fetch{};
  Progress progress{};  // told of bytes; called from several threads
  Warn warn{};          // told of sources that fail; called from several threads
};

// The files of a model below <output_dir>/<subdirectory of the model>, with its post-processing done: from `model_dir`, else as they lie
// there already, else from their sources by way of the user's cache. All of them come, or none.
//
//   errors   kNotFound: a file is to be had nowhere; the message says what was tried and where to put it by hand. kMalformed: what lies in
//            `model_dir`, or an archive, is not what it should be. kIo
Result<FetchedFiles> obtain_model(const ZooModel& model, const std::filesystem::path& output_dir, const ObtainOptions& options);

}  // namespace octet
