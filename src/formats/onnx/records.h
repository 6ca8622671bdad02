#pragma once

#include "formats/onnx/external_data.h"
#include "formats/onnx/model.h"
#include "formats/onnx/onnx.pb.h"

// Messages to records; what the files of this folder share.
namespace octet::onnx {

// What reading of one model shares.
struct Reading {
  ExternalData external;
  std::map<std::string, std::int64_t, std::less<>> opsets;  // by domain: empty for ONNX's own
};

// The bytes of the message are taken, not copied. kMalformed where they do not fit type and shape; kUnsupported for a type that octet
// lacks.
Result<Tensor> tensor_of(TensorProto& source, Reading& reading);

Result<NodeRecord> node_of(NodeProto& source, Reading& reading);

// With its nodes as in the file.
Result<GraphRecord> graph_of(GraphProto& source, Reading& reading);

Result<std::map<std::string, Attribute, std::less<>>> attributes_of(google::protobuf::RepeatedPtrField<AttributeProto>& source,
                                                                    Reading& reading);

}  // namespace octet::onnx
