#include "api/api.h"

namespace octet::v1 {
namespace {

ErrorKind kind_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return ErrorKind::kInvalidArgument;
    case ErrorCode::kNotFound:
      return ErrorKind::kNotFound;
    case ErrorCode::kMalformed:
      return ErrorKind::kMalformed;
    case ErrorCode::kUnsupported:
      return ErrorKind::kUnsupported;
    case ErrorCode::kIo:
      return ErrorKind::kIo;
    case ErrorCode::kRequirement:
    case ErrorCode::kInternal:
      break;
  }
  return ErrorKind::kInternal;
}

}  // namespace

Error::Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
Error::~Error() = default;

void throw_error(const octet::Error& error) { throw Error(kind_of(error.code), error.message); }

}  // namespace octet::v1
