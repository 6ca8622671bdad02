#include "ranks/ranks.h"

#include <dlfcn.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "base/check.h"
#include "base/parse_number.h"

namespace octet {
namespace {

constexpr const char* kLibrary = "libmpi.so.40";          // of Open MPI 3 to 5
constexpr int kResult = 7, kQuestion = 8, kAnswer = 9;    // tags of messages: what a rank says at its end; which block is next
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

  bool has_message(int rank, int tag) const;
  void send_number(std::uint64_t number, int rank, int tag) const;
  std::uint64_t receive_number(int rank, int tag) const;
  void send_all(const std::string& bytes) const;
  std::string receive_all(int rank) const;

 private:
  void receive_some(void* to, std::size_t count, int rank, int tag) const;
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

bool Ranks::Mpi::has_message(int rank, int tag) const {
  int is_there = 0;
  (void)iprobe(rank, tag, world, &is_there, nullptr);
  return is_there != 0;
}

// An error ends the process, and with it all ranks: that is Open MPI's way unless told otherwise.
void Ranks::Mpi::send_number(std::uint64_t number, int rank, int tag) const { (void)send(&number, sizeof number, byte, rank, tag, world); }

std::uint64_t Ranks::Mpi::receive_number(int rank, int tag) const {
  std::uint64_t number = 0;
  receive_some(&number, sizeof number, rank, tag);
  return number;
}

void Ranks::Mpi::send_all(const std::string& bytes) const {
  send_number(bytes.size(), 0, kResult);
  for (std::size_t at = 0; at < bytes.size(); at += kMostBytes)
    (void)send(bytes.data() + at, static_cast<int>(std::min(kMostBytes, bytes.size() - at)), byte, 0, kResult, world);
}

void Ranks::Mpi::receive_some(void* to, std::size_t count, int rank, int tag) const {
  while (!has_message(rank, tag)) std::this_thread::sleep_for(kPatience);
  (void)receive(to, static_cast<int>(count), byte, rank, tag, world, nullptr);
}

std::string Ranks::Mpi::receive_all(int rank) const {
  std::string bytes(receive_number(rank, kResult), '\0');
  for (std::size_t at = 0; at < bytes.size(); at += kMostBytes)
    receive_some(bytes.data() + at, std::min(kMostBytes, bytes.size() - at), rank, kResult);
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

namespace {

// What a rank says at its end: what its work said, or its error behind the code.
constexpr char kSaysText = 'T', kSaysError = 'E';

std::string said(const Result<std::string>& result) {
  if (result.ok()) return kSaysText + *result;
  return std::string{kSaysError, static_cast<char>(result.error().code)} + result.error().message;
}

Result<std::string> text_said(const std::string& words, std::size_t rank) {
  if (words.size() > 1 && words[0] == kSaysError)
    return Error{static_cast<ErrorCode>(words[1]), words.substr(2)}.at("rank " + std::to_string(rank));
  return words.substr(std::min<std::size_t>(words.size(), 1));
}

constexpr std::uint64_t kNoBlock = UINT64_MAX;

}  // namespace

// At the rank that leads: gives blocks to its own thread of work and, by messages, to the other ranks. Open MPI is called from one thread
// alone, that of run().
class Ranks::Dispenser {
 public:
  Dispenser(const Mpi& mpi, std::size_t ranks, const Progress& handed_out) : mpi_(mpi), said_(ranks), handed_out_(handed_out) {}

  std::vector<std::string> run(const Work& work) {
    std::thread own([&] { end(0, said(call(work))); });
    while (!all_have_ended()) {
      for (std::size_t rank = 1; rank < said_.size(); ++rank) serve(rank);
      std::this_thread::sleep_for(kPatience);
    }
    own.join();
    if (thrown_) std::rethrow_exception(thrown_);
    std::vector<std::string> words;
    for (auto& of_rank : said_) words.push_back(std::move(*of_rank));
    return words;
  }

 private:
  Result<std::string> call(const Work& work) {
    try {
      return work([this](std::size_t blocks) { return next(blocks); });
    } catch (...) {
      thrown_ = std::current_exception();
      return Error{ErrorCode::kInternal, "ended by an exception"};
    }
  }

  std::optional<std::size_t> next(std::size_t blocks) {
    const std::lock_guard lock(mutex_);
    if (has_failed_ || next_ >= blocks) return std::nullopt;
    if (handed_out_) handed_out_(static_cast<std::int64_t>(next_ + 1), static_cast<std::int64_t>(blocks));
    return next_++;
  }

  void serve(std::size_t rank) {
    const int number = static_cast<int>(rank);
    if (mpi_.has_message(number, kQuestion)) {
      const auto block = next(mpi_.receive_number(number, kQuestion));
      mpi_.send_number(block ? *block : kNoBlock, number, kAnswer);
    }
    if (mpi_.has_message(number, kResult)) end(rank, mpi_.receive_all(number));
  }

  void end(std::size_t rank, std::string words) {
    const std::lock_guard lock(mutex_);
    has_failed_ = has_failed_ || words.starts_with(kSaysError);
    said_[rank] = std::move(words);
  }

  bool all_have_ended() {
    const std::lock_guard lock(mutex_);
    return std::ranges::all_of(said_, [](const auto& words) { return words.has_value(); });
  }

  const Mpi& mpi_;
  std::mutex mutex_;
  std::vector<std::optional<std::string>> said_;  // by rank, of those that have ended
  const Progress& handed_out_;
  std::size_t next_ = 0;
  bool has_failed_ = false;
  std::exception_ptr thrown_;
};

Result<std::vector<std::string>> Ranks::share_out(const Work& work, const Progress& handed_out) {
  OCTET_CHECK(mpi_ != nullptr, "work is shared out among several ranks");
  std::vector<std::string> words;
  if (leads()) {
    words = Dispenser(*mpi_, share_.count, handed_out).run(work);
  } else {
    const NextBlock next = [this](std::size_t blocks) -> std::optional<std::size_t> {
      mpi_->send_number(blocks, 0, kQuestion);
      const std::uint64_t block = mpi_->receive_number(0, kAnswer);
      return block == kNoBlock ? std::nullopt : std::optional<std::size_t>(block);
    };
    mpi_->send_all(said(work(next)));
  }
  if (mpi_->finalize() != 0) return Error{ErrorCode::kInternal, "Open MPI cannot be ended"};
  std::vector<std::string> texts;
  for (std::size_t rank = 0; rank < words.size(); ++rank) {
    OCTET_ASSIGN(std::string text, text_said(words[rank], rank));
    texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace octet
