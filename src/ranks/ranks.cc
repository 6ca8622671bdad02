#include "ranks/ranks.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/parse_number.h"

namespace octet {
namespace {

constexpr const char* kLibrary = "libmpi.so.40";  // of Open MPI 3 to 5
constexpr int kTag = 7;
constexpr std::size_t kMostBytes = std::size_t{1} << 30;  // of a message, whose length is an int
constexpr auto kPatience = std::chrono::milliseconds(2);  // so that who waits leaves the core to those that work

std::size_t number_in(const char* variable, std::size_t otherwise) {
  const char* const text = std::getenv(variable);
  return text ? parse_number<std::size_t>(text).value_or(otherwise) : otherwise;
}

}  // namespace

// What is called of Open MPI, as its mpi.h declares it: a communicator and a type of data are addresses of objects in the library.
struct Ranks::Mpi {
  int (*init)(int*, char***) = nullptr;
  int (*send)(const void*, int, void*, int, int, void*) = nullptr;
  int (*iprobe)(int, int, void*, int*, void*) = nullptr;
  int (*receive)(void*, int, void*, int, int, void*, void*) = nullptr;
  int (*finalize)() = nullptr;
  void* world = nullptr;
  void* byte = nullptr;

  static Result<std::shared_ptr<const Mpi>> load();

  void send_all(const std::string& bytes) const;
  std::string receive_all(int rank) const;

 private:
  void receive_some(void* to, std::size_t count, int rank) const;
};

Result<std::shared_ptr<const Ranks::Mpi>> Ranks::Mpi::load() {
  void* const library = ::dlopen(kLibrary, RTLD_NOW | RTLD_GLOBAL);  // its plugins look for its names
  if (!library)
    return Error{ErrorCode::kUnsupported,
                 fmt::format("started by mpirun as one of several ranks, but Open MPI cannot be loaded: {}", ::dlerror())};
  auto mpi = std::make_shared<Mpi>();
  const auto find = [library](const char* name, auto& place) {
    place = reinterpret_cast<std::remove_reference_t<decltype(place)>>(::dlsym(library, name));
    return place != nullptr;
  };
  const bool found = find("MPI_Init", mpi->init) && find("MPI_Send", mpi->send) && find("MPI_Iprobe", mpi->iprobe) &&
                     find("MPI_Recv", mpi->receive) && find("MPI_Finalize", mpi->finalize) && find("ompi_mpi_comm_world", mpi->world) &&
                     find("ompi_mpi_byte", mpi->byte);
  if (!found) return Error{ErrorCode::kUnsupported, fmt::format("{} is no Open MPI: {}", kLibrary, ::dlerror())};
  if (mpi->init(nullptr, nullptr) != 0) return Error{ErrorCode::kUnsupported, "Open MPI cannot be begun"};
  return std::shared_ptr<const Mpi>(std::move(mpi));
}

// An error ends the process, and with it all ranks: that is Open MPI's way unless told otherwise.
void Ranks::Mpi::send_all(const std::string& bytes) const {
  const std::uint64_t size = bytes.size();
  (void)send(&size, sizeof size, byte, 0, kTag, world);
  for (std::size_t at = 0; at < bytes.size(); at += kMostBytes)
    (void)send(bytes.data() + at, static_cast<int>(std::min(kMostBytes, bytes.size() - at)), byte, 0, kTag, world);
}

void Ranks::Mpi::receive_some(void* to, std::size_t count, int rank) const {
  void* const no_status = nullptr;
  for (int is_there = 0; is_there == 0;) {
    (void)iprobe(rank, kTag, world, &is_there, no_status);
    if (is_there == 0) std::this_thread::sleep_for(kPatience);
  }
  (void)receive(to, static_cast<int>(count), byte, rank, kTag, world, no_status);
}

std::string Ranks::Mpi::receive_all(int rank) const {
  std::uint64_t size = 0;
  receive_some(&size, sizeof size, rank);
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < bytes.size(); at += kMostBytes)
    receive_some(bytes.data() + at, std::min(kMostBytes, bytes.size() - at), rank);
  return bytes;
}

Result<Ranks> Ranks::join() {
  Ranks ranks;
  const Share share{number_in("OMPI_COMM_WORLD_RANK", 0), number_in("OMPI_COMM_WORLD_SIZE", 1)};
  if (share.count < 2 || share.count > kMostShares || share.index >= share.count) return ranks;
  ranks.share_ = share;
  OCTET_ASSIGN(ranks.mpi_, Mpi::load());
  return ranks;
}

Result<std::vector<std::string>> Ranks::gather(std::string mine) {
  if (!mpi_) return std::vector<std::string>{std::move(mine)};
  std::vector<std::string> said;
  if (leads()) {
    said.push_back(std::move(mine));
    while (said.size() < share_.count) said.push_back(mpi_->receive_all(static_cast<int>(said.size())));
  } else {
    mpi_->send_all(mine);
  }
  if (mpi_->finalize() != 0) return Error{ErrorCode::kInternal, "Open MPI cannot be ended"};
  return said;
}

}  // namespace octet
