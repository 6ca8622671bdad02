#include <new>

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
      return ErrorKind::kRequirement;
    case ErrorCode::kInternal:
      break;
  }
  return ErrorKind::kInternal;
}

}  // namespace

Error::Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
Error::~Error() = default;

void throw_error(const octet::Error& error) { throw Error(kind_of(error.code), error.message); }

void rethrow_as_error() {
  try {
    throw;
  } catch (const Error&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw Error(ErrorKind::kInternal, "out of memory");
  } catch (const std::exception& error) {
    throw Error(ErrorKind::kInternal, error.what());
  }
}

}  // namespace octet::v1
