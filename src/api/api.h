#pragma once

#include "base/result.h"
#include "data/dataset.h"
#include "engines/engine.h"
#include "graph/graph.h"
#include "model/description.h"

// Some names are in the public header and in the library's own ones; this keeps the public ones in octet::v1.
#define OCTET_LIBRARY
#include "octet/octet.h"

namespace octet::v1 {

struct Model::Impl {
  Graph graph;
  ModelDescription description;
  // Where it came from, for messages; ends in .xml only if the graph is that of this IR, which other engines then read themselves.
  std::filesystem::path path;
};

[[noreturn]] void throw_error(const octet::Error& error);

// Within a handler: throws what was caught on as an Error. Nothing else leaves the library, running out of memory included.
[[noreturn]] void rethrow_as_error();

// The value, or the error as an exception.
template <typename T>
T unwrap(Result<T> result) {
  if (!result.ok()) throw_error(result.error());
  return std::move(result).value();
}
inline void unwrap(const Status& status) {
  if (!status.ok()) throw_error(status.error());
}

// kInvalidArgument where OCTET_ISA names an instruction set that this CPU lacks. For whatever runs kernels.
void require_requested_isa();

inline constexpr int kMostThreads = 1024;

// The number of threads that an option stands for. kInvalidArgument unless 0..1024.
int threads_of(int option);

// `option` itself. kInvalidArgument, with `what` it counts, if it is negative.
std::int64_t count_of(std::int64_t option, std::string_view what);

// `option` itself. kInvalidArgument unless 0..1.
double score_threshold_of(double option);

// `option` itself, how long to measure. kInvalidArgument, with `what` it is called, unless 0..86400, a day.
double seconds_of(double option, std::string_view what);

// A data set in a layout of its own, or the pictures of a folder with the annotations that are given.
DataSource annotated_pictures(const std::filesystem::path& folder, const std::filesystem::path& annotations, bool exif);

// octet's own for an empty name. kInvalidArgument for one that there is not.
const Engine& engine_of(const std::string& name);

InferencePrecision precision_of(InferPrecision precision);

}  // namespace octet::v1
