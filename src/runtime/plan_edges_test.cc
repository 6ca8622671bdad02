#include "runtime/plan_edges.h"

#include <algorithm>
#include <set>
#include <string>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "runtime/graph_for_test.h"
#include "runtime/random_graph_for_test.h"

namespace octet {
namespace {

using runtime_test::RandomGraph;
using runtime_test::SmallGraph;

// The parts of a plan that its edges join; every edge leads forward.
std::set<std::size_t> joined_parts(const Plan& plan) {
  const std::size_t inputs = plan.inputs().size(), steps = plan.steps().size();
  std::set<std::size_t> joined;
  for (const PlanEdge& edge : edges_of(plan)) {
    EXPECT_LT(edge.from, std::min(edge.to, inputs + steps));
    EXPECT_GE(edge.to, inputs);
    joined.insert({edge.from, edge.to});
  }
  return joined;
}

TEST(EdgesOf, LeaveNoPartOfAPlanOut) {
  for (const auto kind : {RandomGraph::Kind::kFloat, RandomGraph::Kind::kQuantized})
    EXPECT_TRUE(rc::check([&] {
      RandomGraph random(kind);
      random.graph.tidy();
      const auto plan = *compile(random.graph);
      const std::size_t parts = plan->inputs().size() + plan->steps().size() + plan->outputs().size();
      RC_ASSERT(joined_parts(*plan).size() == parts);
    }));
}

// Steps that write a part each of what the next one reads as a whole.
TEST(EdgesOf, JoinPartsOfOneTensor) {
  SmallGraph g;
  const Value a = g.input({2, 3}, "a"), b = g.input({2, 5}, "b");
  g.output(g.relu(g.concat({g.relu(a, "left"), g.relu(b, "right")})));
  const auto plan = *compile(g.graph);
  EXPECT_EQ(joined_parts(*plan).size(), 2 + plan->steps().size() + 1);
}

// A concatenation inside of another, which lies in the memory of that.
TEST(EdgesOf, LeaveOutWhatLiesBesideATensor) {
  SmallGraph g;
  const Value in = g.input({1, 8, 6, 6});
  const Value c = g.relu(g.conv(in, 8, "c"));
  const Value inner = g.concat({g.relu(g.conv(in, 8, "a")), g.relu(g.conv(in, 8, "b"))});
  g.output(g.concat({inner, c}));
  g.output(g.conv(inner, 8, "reader"));
  const auto plan = *compile(g.graph);
  const std::size_t inputs = plan->inputs().size();
  std::set<std::string> read;
  for (const PlanEdge& edge : edges_of(*plan))
    if (edge.to >= inputs && edge.to < inputs + plan->steps().size() && plan->steps()[edge.to - inputs].node == "reader")
      read.insert(plan->steps()[edge.from - inputs].node);
  EXPECT_EQ(read, (std::set<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace octet
