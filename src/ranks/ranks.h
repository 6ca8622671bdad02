#pragma once

#include <memory>
#include <string>
#include <vector>

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

  // What each rank says, by rank, at the one that leads; nothing elsewhere. To be called once, by all: they are free of one another then.
  Result<std::vector<std::string>> gather(std::string mine);

 private:
  struct Mpi;
  Share share_;
  std::shared_ptr<const Mpi> mpi_;  // null: alone
};

}  // namespace octet
