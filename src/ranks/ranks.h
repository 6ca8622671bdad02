#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/progress.h"
#include "base/result.h"
#include "base/share.h"

namespace octet {

// The processes that `mpirun` of Open MPI started as one, of which this is one. Open MPI is loaded where a process was started so, and
// needed by no other.
class Ranks {
 public:
  // kUnsupported where this is one of several ranks and libmpi cannot be loaded.
  static Result<Ranks> join();

  Share share() const { return share_; }
  bool leads() const { return share_.index == 0; }

  // Calls `work` once in every rank. There, `next` gives one block after another of as many as the work has, each block to one rank, so
  // that a fast rank does more; nothing when there are no more, or when a rank has failed. What each rank has to say is returned, by rank,
  // at the one that leads, and nothing elsewhere; the error of a rank, by its number. `handed_out` is told at the one that leads. To be
  // called once, by all: they are free of one another then.
  using NextBlock = std::function<std::optional<std::size_t>(std::size_t blocks)>;
  using Work = std::function<Result<std::string>(const NextBlock& next)>;
  Result<std::vector<std::string>> share_out(const Work& work, const Progress& handed_out);

 private:
  struct Mpi;
  class Dispenser;
  Share share_;
  std::shared_ptr<const Mpi> mpi_;  // null: alone
};

}  // namespace octet
