#pragma once

#include <zip.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"

// Owners of libzip's objects, for the formats that are ZIP archives.
namespace octet::zip {

struct Discard {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* member) const { zip_fclose(member); }
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Archive = std::unique_ptr<zip_t, Discard>;
using Member = std::unique_ptr<zip_file_t, Discard>;
using Source = std::unique_ptr<zip_source_t, Discard>;

// Where libzip puts what failed while there is no archive to ask.
class Failure {
 public:
  Failure() { zip_error_init(&error_); }
  ~Failure() { zip_error_fini(&error_); }
  Failure(const Failure&) = delete;
  Failure& operator=(const Failure&) = delete;

  zip_error_t* get() { return &error_; }
  std::string text() { return zip_error_strerror(&error_); }

 private:
  zip_error_t error_;
};

// The archive that `bytes` are, or that lies at their end. They must outlive it. kMalformed, in libzip's words.
Result<Archive> open_archive(std::span<const std::byte> bytes);

}  // namespace octet::zip
