#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace octet {

// The numbers 0, 1, 2 ... in sets that only grow together (union-find). The root of a set is its smallest member.
class DisjointSets {
 public:
  std::size_t size() const { return parents_.size(); }

  // Appends a number, alone in its set.
  std::size_t add() {
    parents_.push_back(size());
    return parents_.back();
  }

  void unite(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    parents_[std::max(a, b)] = std::min(a, b);
  }

  // Of every number.
  std::vector<std::size_t> roots() const {
    std::vector<std::size_t> roots = parents_;
    for (std::size_t& root : roots) root = roots[root];  // a parent is smaller, so its own root is known
    return roots;
  }

 private:
  // Halves the way to it.
  std::size_t root(std::size_t member) {
    while (parents_[member] != member) member = parents_[member] = parents_[parents_[member]];
    return member;
  }

  std::vector<std::size_t> parents_;
};

}  // namespace octet
