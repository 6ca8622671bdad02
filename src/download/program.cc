#include "download/program.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/posix_file.h"

namespace octet {
namespace {

constexpr std::size_t kKeptBytes = 4096;

struct Pipe {
  posix::File read_end, write_end;

  int open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno;
    read_end = posix::File(ends[0]);
    write_end = posix::File(ends[1]);
    return 0;
  }
};

// How the new process begins: with the pipe for both of its outputs, and with no signal blocked, as octet's own threads have some.
class Start {
 public:
  explicit Start(const Pipe& pipe) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, pipe.write_end.descriptor(), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, pipe.write_end.descriptor(), STDERR_FILENO);
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;
  ~Start() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }

  int spawn(const std::vector<std::string>& words, pid_t& process) const {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    return ::posix_spawnp(&process, arguments[0], &actions_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// The last bytes that come until every writer has closed its end.
std::string read_end_of(const posix::File& pipe) {
  std::string kept;
  std::array<char, 1024> chunk{};
  for (;;) {
    const ssize_t got = ::read(pipe.descriptor(), chunk.data(), chunk.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return kept;
    kept.append(chunk.data(), static_cast<std::size_t>(got));
    if (kept.size() > kKeptBytes) kept.erase(0, kept.size() - kKeptBytes);
  }
}

bool ended_well(pid_t process) {
  int status = 0;
  while (::waitpid(process, &status, 0) < 0)
    if (errno != EINTR) return false;
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Result<ProgramEnd> run_program(const std::vector<std::string>& words) {
  Pipe pipe;
  if (const int error = pipe.open(); error != 0)
    return Error{ErrorCode::kInternal, words[0] + " cannot be started: " + std::strerror(error)};
  pid_t process = 0;
  if (const int error = Start(pipe).spawn(words, process); error != 0)
    return Error{error == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInternal, words[0] + " cannot be started: " + std::strerror(error)};
  pipe.write_end = posix::File();
  ProgramEnd end;
  end.output = read_end_of(pipe.read_end);
  end.ok = ended_well(process);
  return end;
}

}  // namespace octet
