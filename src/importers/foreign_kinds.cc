#include "importers/foreign_kinds.h"

#include <algorithm>

namespace octet {
namespace fs = std::filesystem;
namespace {

struct ForeignKind {
  bool (*recognises)(std::string_view start);
  std::string_view extension;  // looked at where no bytes are recognised; may be empty
  std::string_view what;
};

bool begins_with(std::string_view start, std::string_view magic) { return start.starts_with(magic); }
bool holds(std::string_view start, std::string_view text) { return start.find(text) != std::string_view::npos; }
unsigned byte_at(std::string_view start, std::size_t i) { return i < start.size() ? static_cast<unsigned char>(start[i]) : 256; }

// Three small whole numbers: major version 0, minor, revision.
bool is_darknet_weights(std::string_view start) {
  using namespace std::string_view_literals;
  return start.size() >= 16 && begins_with(start, "\0\0\0\0"sv) && byte_at(start, 4) >= 1 && byte_at(start, 4) <= 9 &&
         start.substr(5, 3) == "\0\0\0"sv && start.substr(9, 3) == "\0\0\0"sv;
}

bool is_zip(std::string_view start) { return begins_with(start, "PK\x03\x04"); }
bool is_torch(std::string_view start) {
  const bool is_pickle = byte_at(start, 0) == 0x80 && byte_at(start, 1) >= 2 && byte_at(start, 1) <= 5;
  return is_pickle || (is_zip(start) && holds(start, "data.pkl"));
}
bool is_hdf5(std::string_view start) { return begins_with(start, "\x89HDF\r\n\x1a\n"); }
bool is_packed(std::string_view start) {
  return is_zip(start) || begins_with(start, "\x1f\x8b") || begins_with(start, "BZh") ||
         (start.size() > 262 && start.substr(257, 5) == "ustar");
}
bool is_text_graph(std::string_view start) { return begins_with(start, "node {") || begins_with(start, "node:"); }
bool is_caffe_text(std::string_view start) { return holds(start, "layer {") || holds(start, "layers {"); }
bool is_ncnn(std::string_view start) { return begins_with(start, "7767517"); }
bool is_runtime_format(std::string_view start) { return start.size() >= 8 && start.substr(4, 4) == "ORTM"; }
bool is_executorch(std::string_view start) {
  return start.size() >= 8 && start.substr(4, 2) == "ET" && start.substr(6, 2).find_first_not_of("0123456789") == std::string_view::npos;
}
bool is_tensorrt(std::string_view start) { return begins_with(start, "ftrt") || begins_with(start, "ptrt"); }
bool is_rockchip(std::string_view start) { return begins_with(start, "RKNN"); }
bool is_told_by_name_alone(std::string_view) { return false; }

constexpr ForeignKind kKinds[] = {
    {is_torch, ".pt", "a PyTorch model; export it to ONNX"},
    {is_hdf5, ".h5", "a Keras model (HDF5); save it as a SavedModel"},
    {is_text_graph, ".pbtxt", "a TensorFlow graph as text; export a frozen_inference_graph.pb, in binary and with its weights"},
    {is_caffe_text, ".caffemodel", "a Caffe network"},
    {is_ncnn, ".param", "an ncnn network; take the files that it was made of"},
    {is_runtime_format, ".ort", "a model in ONNX Runtime's own format; give the ONNX file that it was made of"},
    {is_executorch, ".pte", "an ExecuTorch program; export the model to ONNX"},
    {is_tensorrt, ".engine", "a TensorRT engine, which is made for one GPU; give the ONNX file that it was made of"},
    {is_rockchip, ".rknn", "an RKNN model; give the ONNX file that it was made of"},
    {is_told_by_name_alone, ".pdmodel", "a PaddlePaddle model; export it to ONNX"},
    {is_told_by_name_alone, ".mlmodel", "a Core ML model; export the model that it was made of to ONNX"},
    {is_told_by_name_alone, ".mnn", "an MNN network; give the file that it was made of"},
    {is_told_by_name_alone, ".safetensors", "weights without a network; export the model to ONNX"},
    {is_told_by_name_alone, ".blob", "a compiled OpenVINO model; give its IR, the .xml with the .bin beside it"},
    {is_packed, "", "an archive; unpack it and give the model in it"},
};

// The weights of a cfg, which is what octet is given.
std::string describe_weights(const fs::path& source) {
  const fs::path cfg = fs::path(source).replace_extension(".cfg");
  std::error_code ignored;
  const std::string name = cfg.filename().string();
  if (fs::exists(cfg, ignored)) return "the weights of a Darknet network; give its cfg, " + name + " beside it";
  return "the weights of a Darknet network; give its cfg, which octet looks for as " + name + ", and --weights where it has another name";
}

}  // namespace

std::optional<std::string> describe_foreign(const fs::path& source, std::string_view start) {
  for (const ForeignKind& kind : kKinds)
    if (kind.recognises(start)) return std::string(kind.what);
  if (is_darknet_weights(start) || source.extension() == ".weights") return describe_weights(source);
  for (const ForeignKind& kind : kKinds)
    if (!kind.extension.empty() && source.extension() == kind.extension) return std::string(kind.what);
  return std::nullopt;
}

std::string describe_folder(const fs::path& folder) {
  std::error_code ignored;
  if (fs::exists(folder / "frozen_inference_graph.pb", ignored)) return "a folder; give the frozen_inference_graph.pb in it";
  return "a folder; give one file in it";
}

}  // namespace octet
