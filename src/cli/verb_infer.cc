// octet infer: raw tensors in, raw tensors out, as .npz files.

#include <memory>
#include <set>
#include <string>

#include <fmt/format.h>

#include "cli/options.h"
#include "cli/verb.h"
#include "formats/npz/npz.h"
#include "importers/openvino_ir/import.h"
#include "runtime/plan.h"

namespace octet::cli {
namespace {

struct Options {
  std::string model, input, output;
  int threads = 1;
};

// NumPy's and octet's names for the same types.
constexpr std::pair<NpyType, ElementType> kTypes[] = {
    {NpyType::kBool, ElementType::kBoolean}, {NpyType::kI8, ElementType::kI8},   {NpyType::kU8, ElementType::kU8},
    {NpyType::kI16, ElementType::kI16},      {NpyType::kU16, ElementType::kU16}, {NpyType::kI32, ElementType::kI32},
    {NpyType::kU32, ElementType::kU32},      {NpyType::kI64, ElementType::kI64}, {NpyType::kU64, ElementType::kU64},
    {NpyType::kF16, ElementType::kF16},      {NpyType::kF32, ElementType::kF32}, {NpyType::kF64, ElementType::kF64}};

ElementType element_type(NpyType type) {
  for (const auto& [npy, element] : kTypes)
    if (npy == type) return element;
  OCTET_CHECK(false, "an .npy type without an element type");
}

NpyType npy_type(ElementType type) {
  for (const auto& [npy, element] : kTypes)
    if (element == type) return npy;
  OCTET_CHECK(false, "an element type without an .npy type");
}

Result<Tensor> input_for(const Port& port, const std::map<std::string, NpyArray>& arrays) {
  const auto found = arrays.find(port.name);
  if (found == arrays.end()) return Error{ErrorCode::kNotFound, "holds no array '" + port.name + "', which the model takes as input"};
  const NpyArray& array = found->second;
  if (array.shape != port.type.shape)
    return Error{ErrorCode::kMalformed,
                 "array '" + port.name + "' has shape " + to_string(array.shape) + ", the model takes " + to_string(port.type.shape)};
  Tensor tensor(element_type(array.type), array.shape);
  std::ranges::copy(array.bytes, const_cast<std::byte*>(tensor.bytes().data()));
  return converted(tensor, port.type.element);
}

Result<Outcome> run(const Options& options, Console&) {
  OCTET_ASSIGN(const Graph graph, import_openvino_ir(options.model));
  OCTET_ASSIGN_AT(auto plan, compile(graph), options.model);
  std::set<std::string> names;
  for (const Port& port : plan->inputs()) names.insert(port.name);
  OCTET_ASSIGN(const auto arrays, read_npz(options.input, names));
  std::vector<Tensor> inputs;
  for (const Port& port : plan->inputs()) {
    OCTET_ASSIGN_AT(auto input, input_for(port, arrays), options.input);
    inputs.push_back(std::move(input));
  }
  Session session(plan, options.threads);
  OCTET_ASSIGN(const auto outputs, session.run(inputs));

  Outcome outcome;
  outcome.json["outputs"] = Json::array();
  std::map<std::string, NpyArray> results;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const std::string& name = plan->outputs()[i].name;
    results[name] = {npy_type(outputs[i].type()), outputs[i].shape(), {outputs[i].bytes().begin(), outputs[i].bytes().end()}};
    outcome.json["outputs"].push_back({{"name", name}, {"shape", outputs[i].shape()}});
    outcome.text += fmt::format("{}{} {}", i ? "\n" : "", name, to_string(outputs[i].shape()));
  }
  OCTET_RETURN_IF_ERROR(write_npz(options.output, results));
  return outcome;
}

}  // namespace

Run add_infer(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* verb = app.add_subcommand("infer", "Run a model on raw tensors");
  verb->footer("Example: octet infer model.xml --input in.npz --output out.npz");
  verb->add_option("model", options->model, "IR (.xml)")->required();
  verb->add_option("--input", options->input, "Arrays by the names of the inputs (.npz), NCHW as in the IR")->required();
  verb->add_option("--output,-o", options->output, "Where to write the outputs (.npz)")->required();
  add_threads(*verb, options->threads);
  return [options](Console& console) { return run(*options, console); };
}

}  // namespace octet::cli
