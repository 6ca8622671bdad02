#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "boxes/detection.h"
#include "detect/postprocess.h"
#include "engines/load_network.h"
#include "image/pixel_view.h"
#include "model/description.h"

namespace octet {

// A model that turns pictures into boxes: made ready by an engine, with what it says of itself. Immutable; copies share the model.
struct Detector {
  std::filesystem::path path;  // of the IR, or what stands for it in messages
  std::shared_ptr<const EngineModel> model;
  ModelDescription description;
  std::size_t file_bytes = 0;                  // .xml and .bin together
  std::vector<std::filesystem::path> files{};  // that hold the model, where load_detectors() read them
};

// Reads and loads an IR. kUnsupported if it does not say how it is used or the engine lacks an operation; kMalformed if its input
// or outputs are not what it says.
Result<Detector> load_detector(const std::filesystem::path& xml, const Engine& engine = default_engine(),
                               InferencePrecision precision = InferencePrecision::kF32);

// The same of a graph in memory, without file_bytes; `path` says in messages where it came from.
Result<Detector> make_detector(const Graph& graph, const std::filesystem::path& path, const Engine& engine = default_engine(),
                               InferencePrecision precision = InferencePrecision::kF32);

// The same of a network that was read from a file, which the engine may run as it lies there; `say` is told (load_network.h).
Result<Detector> make_detector(const NetworkSource& source, const Engine& engine, InferencePrecision precision, const Warn& say);

// The outputs that a head can read, each once for every name; the tensors must outlive them.
std::vector<NamedOutput> named_outputs(std::span<const Port> ports, std::span<const Tensor> tensors);

// Runs pictures through a detector, one after another, with threads and memory of its own. Not for use from two threads at once.
class DetectionSession {
 public:
  DetectionSession(const Detector& detector, int threads);

  // What is in a picture, which must not be empty: boxes in its pixels, by falling score. The pixels are only read, where they lie.
  Result<std::vector<Detection>> detect(const PixelView& image, const DetectOptions& options);

 private:
  Detector detector_;
  std::unique_ptr<EngineSession> session_;
  Tensor input_;
};

}  // namespace octet
