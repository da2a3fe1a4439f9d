// Who is met most often.
#ifndef CBV_COUNTING_RANKING_HPP
#define CBV_COUNTING_RANKING_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace cbv {

/// A name, and how often it was met: not more often than `count`, and at least `count - error`.
struct ranked {
  std::string name;
  std::uint64_t count = 0;
  std::uint64_t error = 0;

  friend bool operator==(const ranked&, const ranked&) = default;
};

/// The most frequent names first; of equal counts, in the order of the names.
using ranking = std::vector<ranked>;

/// The top lists.
struct rankings {
  ranking domains;  // answers undeliverable, by the domain that was asked about
  ranking hosts;    // refusals in callouts, by far host
  ranking clients;  // answers undeliverable and envelopes rejected, by the edge's client

  friend bool operator==(const rankings&, const rankings&) = default;
};

/// Both as one, of which the first `keep` are kept. The bounds of `ranked` hold for the result
/// where neither had to leave anything out; a name that is missing in one may have been met there
/// as often as the last one that is in it, which is why that is added to its error.
///
/// `full` says how many names a ranking has that may have left some out.
ranking merge(const ranking& one, const ranking& other, std::size_t keep, std::size_t full);
rankings merge(const rankings& one, const rankings& other, std::size_t keep, std::size_t full);

}  // namespace cbv

#endif
