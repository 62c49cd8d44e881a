// lemon FILE ALGORITHM RUNS: the largest total score of an instance, as a
// minimum cost flow solved by LEMON. It prints JSON: the version, the total, the
// processor seconds of every solve without reading and building, and the peak
// memory in megabytes.
#include <lemon/capacity_scaling.h>
#include <lemon/config.h>
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

using Graph = lemon::StaticDigraph;
using Cost = long long;

static double cpu() {
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + 1e-6 * (u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static double peak() {
  rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_maxrss * 1024e-6;
}

static std::vector<int> read(FILE *f, size_t n) {
  std::vector<int> v(n);
  if (fread(v.data(), 4, n, f) != n) exit(1);
  return v;
}

struct Problem {
  Graph graph;
  std::vector<int> head, left, right, first, to, score;
  explicit Problem(const char *name) {
    FILE *f = fopen(name, "rb");
    if (!f) exit(1);
    head = read(f, 3);
    left = read(f, head[0]);
    right = read(f, head[1]);
    first = read(f, head[0] + 1);
    to = read(f, head[2]);
    score = read(f, head[2]);
    fclose(f);
    int n = head[0], m = head[1], hub = n + m;
    std::vector<std::pair<int, int>> arcs;
    arcs.reserve(head[2] + n + m);
    for (int i = 0; i < n; i++) {
      for (int x = first[i]; x < first[i + 1]; x++) arcs.push_back({i, n + to[x]});
      arcs.push_back({i, hub});
    }
    for (int j = 0; j < m; j++) arcs.push_back({n + j, hub});
    graph.build(hub + 1, arcs.begin(), arcs.end());
  }
};

template <class Solver, class Run>
static void solve(Problem &p, int runs, Run run) {
  Graph::ArcMap<Cost> cost(p.graph, 0);
  Graph::ArcMap<int> capacity(p.graph, 1);
  Graph::NodeMap<int> supply(p.graph, 0);
  int arc = 0, all = 0, n = p.head[0];
  for (int i = 0; i < n; i++) {
    for (int x = p.first[i]; x < p.first[i + 1]; x++) cost[p.graph.arc(arc++)] = -p.score[x];
    capacity[p.graph.arc(arc++)] = p.left[i];
    supply[p.graph.node(i)] = p.left[i];
    all += p.left[i];
  }
  for (int j = 0; j < p.head[1]; j++) capacity[p.graph.arc(arc++)] = p.right[j];
  supply[p.graph.node(n + p.head[1])] = -all;
  Cost total = 0;
  std::string times;
  for (int k = 0; k < runs; k++) {
    Solver s(p.graph);
    s.upperMap(capacity).costMap(cost).supplyMap(supply);
    double start = cpu();
    if (run(s) != Solver::OPTIMAL) exit(1);
    double used = cpu() - start;
    times += (k ? "," : "") + std::to_string(used);
    total = -s.template totalCost<Cost>();
    if (used > 5) break;
  }
  printf("{\"version\":\"LEMON %s\",\"total\":%lld,\"cpu\":[%s],\"peak\":%.1f}\n", LEMON_VERSION, total, times.c_str(), peak());
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  Problem p(arguments[1]);
  std::string algorithm = arguments[2];
  int runs = atoi(arguments[3]);
  if (algorithm == "ns") {
    using S = lemon::NetworkSimplex<Graph, int, Cost>;
    solve<S>(p, runs, [](S &s) { return s.run(); });
  } else if (algorithm == "cs") {
    using S = lemon::CostScaling<Graph, int, Cost>;
    solve<S>(p, runs, [](S &s) { return s.run(); });
  } else {
    using S = lemon::CapacityScaling<Graph, int, Cost>;
    solve<S>(p, runs, [](S &s) { return s.run(); });
  }
}
