#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "accuracy/boxes.h"
#include "accuracy/preprocessing.h"
#include "accuracy/settings.h"
#include "base/result.h"
#include "tensor/tensor.h"

// What a network's outputs mean. The IR's own description of itself plays no part: a configuration names adapter and outputs.
namespace octet::accuracy {

struct NetworkOutput {
  std::vector<std::string> names;  // all that its tensor has
  Shape shape;
  ElementType element = ElementType::kF32;
};

// What an adapter is made for.
struct Network {
  std::string input_name;
  ImageSize input;
  std::vector<NetworkOutput> outputs;
};

// Boxes out of the network's outputs for one picture, which are of the shapes that the adapter was made for. Safe from several threads.
using Adapter = std::function<ImageBoxes(std::span<const Tensor> outputs, const Frame& frame)>;

// Where adapters tell what a person should know about how a configuration was read.
using Notes = std::vector<std::string>;

// The adapter that `adapter` of a launcher describes. kUnsupported for one that octet lacks, kMalformed where the network's outputs are not
// what it reads.
Result<Adapter> make_adapter(const YAML::Node& adapter, const Network& network, Notes& notes);

// The adapters, one file each family.
Result<Adapter> make_ssd_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_yolo_v2_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_yolo_v3_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_yolo_v5_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_yolof_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_yolor_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_yolox_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_nanodet_adapter(Settings& settings, const Network& network, Notes& notes);
Result<Adapter> make_detr_adapter(Settings& settings, const Network& network, Notes& notes);

// For adapters.

// The output of that name, with or without `/sink_port_0` or `:0` behind it; it must be of f32.
Result<std::size_t> find_output(const Network& network, const std::string& name);
// The first output, of f32.
Result<std::size_t> first_output(const Network& network);
// Puts the output's name in front of a message about its shape.
Error wrong_shape(const NetworkOutput& output, std::string_view expected);

}  // namespace octet::accuracy
