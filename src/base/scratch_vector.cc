#include "base/scratch_vector.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/vfs.h>

#include <new>

#include "base/scratch_file.h"

namespace octet {
namespace {

bool is_in_memory(const posix::File& file) {
  struct statfs about {};
  return ::fstatfs(file.descriptor(), &about) != 0 || about.f_type == TMPFS_MAGIC || about.f_type == RAMFS_MAGIC;
}

// Its blocks are taken now, as a write to a page for which the disk has none would end the process.
void* map_file(std::size_t bytes) {
  const posix::File file = unnamed_file();
  if (!file.is_open() || is_in_memory(file) || ::posix_fallocate(file.descriptor(), 0, static_cast<off_t>(bytes)) != 0) return MAP_FAILED;
  return ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor(), 0);
}

}  // namespace

std::byte* map_scratch(std::size_t bytes) {
  void* begin = map_file(bytes);
  if (begin == MAP_FAILED) begin = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (begin == MAP_FAILED) throw std::bad_alloc();
  return static_cast<std::byte*>(begin);
}

void unmap_scratch(std::byte* begin, std::size_t bytes) { ::munmap(begin, bytes); }

}  // namespace octet
