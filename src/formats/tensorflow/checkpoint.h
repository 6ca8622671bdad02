#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/files.h"
#include "base/result.h"
#include "tensor/tensor.h"

namespace octet::tensorflow {

// The values of variables: PREFIX.index, a sorted table of where each tensor lies, and PREFIX.data-00000-of-00002 and so on, the bytes.
class Checkpoint {
 public:
  // `prefix` is "…/variables/variables". kNotFound where there is no index; kMalformed; kUnsupported for a big-endian one.
  static Result<Checkpoint> open(const std::filesystem::path& prefix);

  // A tensor by its key, as a copy. kMalformed for a key that is not there and where the shard is shorter
  // than the index says; kNotFound where it is absent; kUnsupported for texts and for tensors stored in parts.
  Result<Tensor> read(const std::string& key);

  // The files of those that were read.
  std::vector<std::filesystem::path> shards() const;

 private:
  std::filesystem::path path_of_shard(std::int64_t number) const;
  Result<MappedFile> shard(std::int64_t number);

  std::filesystem::path prefix_;
  MappedFile index_;
  std::map<std::string, std::string_view> entries_;  // views of index_
  std::int64_t num_shards_ = 0;
  std::map<std::int64_t, MappedFile> shards_;
};

}  // namespace octet::tensorflow
