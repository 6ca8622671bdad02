#pragma once

#include <filesystem>

#include "formats/onnx/model.h"
#include "importers/importer.h"
#include "recognise/recognise.h"

namespace octet::onnx {

// A model as a graph that computes what the file computes, up to where its own choice of boxes begins: one input, the picture as the file
// wants it, in f32; the file's outputs, or those of the cut.
struct ImportedGraph {
  Graph graph;
  SourceFacts facts;
  Result<OriginalFile> original;  // without its path; else why the file's border cannot stand for the graph's
};

// `outputs` are values at which the graph is to end; where there are none it ends as the file does, or in front of its suppression or
// top-k. Errors name no file: kUnsupported with node, operator and attribute; kMalformed.
Result<ImportedGraph> import_graph(ModelRecord model, const ModelInfo& declared, const std::vector<std::string>& outputs);

}  // namespace octet::onnx
