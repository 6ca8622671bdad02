#include "cli/interrupt.h"

#include <csignal>
#include <thread>

#include "base/files.h"

namespace octet::cli {
namespace {

// A signal that the caller has had ignored, as nohup does, stays ignored.
sigset_t awaited_signals() {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction action {};
    if (sigaction(signal, nullptr, &action) == 0 && action.sa_handler != SIG_IGN) sigaddset(&awaited, signal);
  }
  return awaited;
}

}  // namespace

// A thread that waits may lock and remove files; a signal handler may not.
void discard_files_on_interrupt() {
  const sigset_t awaited = awaited_signals();
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::thread([awaited] {
    int signal = 0;
    if (sigwait(&awaited, &signal) != 0) return;
    discard_unfinished_files();
    std::signal(signal, SIG_DFL);
    pthread_sigmask(SIG_UNBLOCK, &awaited, nullptr);
    std::raise(signal);  // ends the process as the signal would have
  }).detach();
}

}  // namespace octet::cli
