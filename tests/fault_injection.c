// Preloaded into the program by fault_injection_test: counts the system calls on files below a folder, and lets one of them fail.
//   FAULT_BELOW  the folder
//   FAULT_LOG    a file that gets a line for every such call, "open /path"
//   FAULT_AT     which call fails, from 1; absent: none
//   FAULT_KIND   EIO, ENOSPC, EINTR: the call answers so and does nothing (close does close); SHORT: half of a write;
//                KILL: the process is killed instead of the call
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { kMostFiles = 4096 };
static char paths[kMostFiles][256];  // of the open files below the folder, by descriptor; empty for others
static atomic_int calls;

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int is_below(const char* path) {
  const char* below = getenv("FAULT_BELOW");
  return below && strncmp(path, below, strlen(below)) == 0;
}

static const char* path_of(int fd) { return fd >= 0 && fd < kMostFiles && paths[fd][0] ? paths[fd] : NULL; }

static void log_call(const char* name, const char* path) {
  const char* log = getenv("FAULT_LOG");
  if (!log) return;
  char line[PATH_MAX + 32];
  const int length = snprintf(line, sizeof line, "%s %s\n", name, path);
  const int fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd < 0) return;
  (void)!syscall(SYS_write, fd, line, (size_t)length);
  syscall(SYS_close, fd);
}

// 0, or the errno that this call is to answer; -1 for half of a write.
static int fault_of(const char* name, const char* path) {
  log_call(name, path);
  const char *at = getenv("FAULT_AT"), *kind = getenv("FAULT_KIND");
  if (atomic_fetch_add(&calls, 1) + 1 != (at ? atoi(at) : 0) || !kind) return 0;
  if (strcmp(kind, "KILL") == 0) raise(SIGKILL);
  if (strcmp(kind, "SHORT") == 0) return -1;
  return strcmp(kind, "ENOSPC") == 0 ? ENOSPC : strcmp(kind, "EINTR") == 0 ? EINTR : EIO;
}

static int open_file(const char* path, int flags, mode_t mode) {
  if (!is_below(path)) return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  const int fault = fault_of("open", path);
  if (fault > 0) return errno = fault, -1;
  const int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
  if (fd >= 0 && fd < kMostFiles) snprintf(paths[fd], sizeof paths[fd], "%s", path);
  return fd;
}

int open(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list rest;
  va_start(rest, flags);
  const mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  return open_file(path, flags, mode);
}

ssize_t write(int fd, const void* bytes, size_t size) {
  const char* path = path_of(fd);
  const int fault = path ? fault_of("write", path) : 0;
  if (fault > 0) return errno = fault, -1;
  return syscall(SYS_write, fd, bytes, fault < 0 && size > 1 ? size / 2 : size);
}

int close(int fd) {
  const char* path = path_of(fd);
  const int fault = path ? fault_of("close", path) : 0;
  if (path) paths[fd][0] = 0;
  const int answer = (int)syscall(SYS_close, fd);
  if (fault > 0) return errno = fault, -1;
  return answer;
}

int fsync(int fd) {
  const char* path = path_of(fd);
  const int fault = path ? fault_of("fsync", path) : 0;
  if (fault > 0) return errno = fault, -1;
  return (int)syscall(SYS_fsync, fd);
}

int ftruncate(int fd, off_t size) {
  const char* path = path_of(fd);
  const int fault = path ? fault_of("ftruncate", path) : 0;
  if (fault > 0) return errno = fault, -1;
  return (int)syscall(SYS_ftruncate, fd, size);
}

int rename(const char* from, const char* to) {
  const int fault = is_below(to) ? fault_of("rename", to) : 0;
  if (fault > 0) return errno = fault, -1;
  return NEXT(rename)(from, to);
}

int unlink(const char* path) {
  const int fault = is_below(path) ? fault_of("unlink", path) : 0;
  if (fault > 0) return errno = fault, -1;
  return NEXT(unlink)(path);
}

int mkdir(const char* path, mode_t mode) {
  const int fault = is_below(path) ? fault_of("mkdir", path) : 0;
  if (fault > 0) return errno = fault, -1;
  return NEXT(mkdir)(path, mode);
}
