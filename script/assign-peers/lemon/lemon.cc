// lemon FILE ALGORITHM RUNS: the largest total score of an instance, as a
// minimum cost flow solved by LEMON. Minimums and must edges are lower bounds;
// the first unit of a node that is covered is an arc of its own, which earns more
// than all scores. It prints JSON: the version, the total score, how many are
// served on the covered sides, the processor seconds of every solve without
// reading and building, and the peak memory in megabytes.
#include <lemon/capacity_scaling.h>
#include <lemon/config.h>
#include <lemon/cost_scaling.h>
#include <lemon/network_simplex.h>
#include <lemon/static_graph.h>
#include <sys/resource.h>

#include <algorithm>
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

struct Arc {
  int from, to, lower, upper;
  Cost cost;
};

struct Problem {
  Graph graph;
  std::vector<int> head, left, right, leastLeft, leastRight, first, to, score, must;
  std::vector<Arc> arcs;
  bool coverLeft, coverRight;
  Cost bonus = 1;
  explicit Problem(const char *name) {
    FILE *f = fopen(name, "rb");
    if (!f) exit(1);
    head = read(f, 5);
    left = read(f, head[0]);
    right = read(f, head[1]);
    leastLeft = read(f, head[0]);
    leastRight = read(f, head[1]);
    first = read(f, head[0] + 1);
    to = read(f, head[2]);
    score = read(f, head[2]);
    must = read(f, head[3]);
    fclose(f);
    coverLeft = head[4] == 1 || head[4] == 3;
    coverRight = head[4] == 2 || head[4] == 3;
    int n = head[0], m = head[1], hub = n + m;
    for (int i = 0; i < n; i++) {
      int best = 0, worst = 0;
      for (int x = first[i]; x < first[i + 1]; x++) {
        best = std::max(best, score[x]);
        worst = std::min(worst, score[x]);
      }
      bonus += Cost(left[i]) * (best - worst);
    }
    std::vector<char> forced(head[2]);
    for (int x : must) forced[x] = 1;
    arcs.reserve(head[2] + 2 * (n + m));
    for (int i = 0; i < n; i++) {
      for (int x = first[i]; x < first[i + 1]; x++) arcs.push_back({i, n + to[x], forced[x], 1, -Cost(score[x])});
      // What is left of the places goes to the hub, the last of it at a cost.
      bool counts = coverLeft && leastLeft[i] == 0 && left[i] > 0;
      arcs.push_back({i, hub, 0, left[i] - leastLeft[i] - counts, 0});
      if (counts) arcs.push_back({i, hub, 0, 1, bonus});
    }
    for (int j = 0; j < m; j++) {
      bool counts = coverRight && leastRight[j] == 0 && right[j] > 0;
      if (counts) arcs.push_back({n + j, hub, 0, 1, -bonus});
      arcs.push_back({n + j, hub, leastRight[j], right[j] - counts, 0});
    }
    std::vector<std::pair<int, int>> ends;
    ends.reserve(arcs.size());
    for (const Arc &a : arcs) ends.push_back({a.from, a.to});
    graph.build(hub + 1, ends.begin(), ends.end());
  }
};

template <class Solver, class Run>
static void solve(Problem &p, int runs, Run run) {
  Graph::ArcMap<Cost> cost(p.graph);
  Graph::ArcMap<int> lower(p.graph), upper(p.graph);
  Graph::NodeMap<int> supply(p.graph, 0);
  int n = p.head[0], m = p.head[1], all = 0;
  for (size_t a = 0; a < p.arcs.size(); a++) {
    auto arc = p.graph.arc(a);
    cost[arc] = p.arcs[a].cost;
    lower[arc] = p.arcs[a].lower;
    upper[arc] = p.arcs[a].upper;
  }
  for (int i = 0; i < n; i++) {
    supply[p.graph.node(i)] = p.left[i];
    all += p.left[i];
  }
  supply[p.graph.node(n + m)] = -all;
  bool bounded = !p.must.empty();
  for (int least : p.leastRight) bounded |= least > 0;
  std::vector<Arc>().swap(p.arcs);
  Cost total = 0;
  long served = 0;
  std::string times;
  for (int k = 0; k < runs; k++) {
    Solver s(p.graph);
    s.upperMap(upper).costMap(cost).supplyMap(supply);
    if (bounded) s.lowerMap(lower);
    double start = cpu();
    if (run(s) != Solver::OPTIMAL) exit(1);
    double used = cpu() - start;
    times += (k ? "," : "") + std::to_string(used);
    total = served = 0;
    std::vector<char> has(n + m);
    int arc = 0;
    for (int i = 0; i < n; i++) {
      for (int x = p.first[i]; x < p.first[i + 1]; x++, arc++) {
        if (!s.flow(p.graph.arc(arc))) continue;
        total += p.score[x];
        has[i] = has[n + p.to[x]] = 1;
      }
      arc += 1 + (p.coverLeft && p.leastLeft[i] == 0 && p.left[i] > 0);
    }
    for (int v = 0; v < n + m; v++) served += has[v] && (v < n ? p.coverLeft : p.coverRight);
    if (used > 5) break;
  }
  printf("{\"version\":\"LEMON %s\",\"total\":%lld,\"served\":%ld,\"cpu\":[%s],\"peak\":%.1f}\n", LEMON_VERSION, total, served, times.c_str(), peak());
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
