#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/files.h"
#include "graph/evaluate.h"
#include "importers/darknet/import.h"
#include "importers/darknet/rules.h"

namespace octet::darknet {

// A folder of its own for each test, gone with the object.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "octet-darknet-XXXXXX").string();
    OCTET_CHECK(::mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    path_ = pattern;
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    OCTET_CHECK(write_file(path_ / name, content).ok(), "cannot write " + name);
    return path_ / name;
  }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

// The bytes of a weights file of version 0.2.
inline std::string weights_bytes(const std::vector<float>& values) {
  std::string bytes(20, '\0');
  bytes[4] = 2;
  return bytes.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float));
}

inline std::vector<float> ascending(std::int64_t count, float first = 0) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = first + static_cast<float>(i);
  return values;
}

// Sections applied to a feature map as layer 0; answers the output of the last.
inline Result<Tensor> run_sections(std::string_view cfg, const Tensor& features, const std::vector<float>& weights = {}) {
  const TestFolder folder;
  OCTET_ASSIGN(WeightsFile file, WeightsFile::open(folder.write("test.weights", weights_bytes(weights))));
  OCTET_ASSIGN(const std::vector<CfgSection> sections, parse_cfg(cfg));
  NetContext net;
  net.weights = &file;
  net.picture = net.graph.emit(Parameter{ElementType::kF32, {1, 3, 1, 1}}, {}, "image");
  net.layers.push_back({net.graph.emit(Parameter{ElementType::kF32, features.shape()}, {}, "features")});
  for (const CfgSection& section : sections) {
    OCTET_ASSIGN(const Layer layer, convert_section(section, net));
    net.layers.push_back(layer);
  }
  OCTET_RETURN_IF_ERROR(file.require_floats(net.floats));
  net.graph.emit(Output{}, {net.layers.back().value}, "out");
  OCTET_ASSIGN(auto outputs, evaluate(net.graph, {{"image", Tensor(ElementType::kF32, {1, 3, 1, 1})}, {"features", features}}));
  return outputs.at("out");
}

}  // namespace octet::darknet
